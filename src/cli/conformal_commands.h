/* The verbs of `frugal conformal`. */
#ifndef FRUGAL_CLI_CONFORMAL_COMMANDS_H
#define FRUGAL_CLI_CONFORMAL_COMMANDS_H

#include "command.h"

extern const cli_command conformal_full_command, conformal_tcp_command, conformal_split_command,
    conformal_jackknife_command, conformal_cqr_command, conformal_classify_command, conformal_online_command,
    conformal_coverage_command;

#endif
