/* The verbs of `frugal feems`. */
#ifndef FRUGAL_CLI_FEEMS_COMMANDS_H
#define FRUGAL_CLI_FEEMS_COMMANDS_H

#include "command.h"

extern const cli_command feems_grid_command, feems_fit_command, feems_cv_command, feems_predict_command,
    feems_simulate_command, feems_plot_command;

#endif
