/* Result folders that appear whole or not at all. Files are written into PATH.partial; the commit renames it to PATH. An
 * older result is exchanged with the new one in a single step where the system can (Linux), otherwise moved aside and
 * back again if the second rename fails; it is removed only when the new one is in place. */
#include <frugal/data.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Paths that _file has handed out. */
typedef struct output_name {
    struct output_name *before;
    char path[];
} output_name;

static bool exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* a + b + c */
static char *join(const char *a, const char *b, const char *c)
{
    int64_t room = (int64_t)(strlen(a) + strlen(b) + strlen(c)) + 1;
    char *joined = fr_alloc(room, 1);
    if (joined != NULL) snprintf(joined, (size_t)room, "%s%s%s", a, b, c);
    return joined;
}

static int remove_entry(const char *path, const struct stat *about, int flag, struct FTW *position)
{
    (void)about, (void)flag, (void)position;
    return remove(path);
}

/* Removes a folder and all in it; links are removed, not followed. */
static int remove_tree(const char *path)
{
    if (!exists(path)) return FR_OK;
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0) return FR_OK;
    return fr_fail(FR_EIO, "cannot remove %s: %s", path, strerror(errno));
}

/* Whether --force may replace the folder: it holds one of our results, or nothing. */
static bool is_replaceable(const char *path)
{
    char *summary = join(path, "/", "summary.json");
    bool ours = summary != NULL && exists(summary);
    fr_free(summary);
    DIR *folder = ours ? NULL : opendir(path);
    if (folder == NULL) return ours;
    int64_t entries = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return entries == 0;
}

/* A copy of `path` without slashes at its end; FR_EUSAGE where that does not name a folder that can be renamed. */
static int take_path(const char *path, char **out)
{
    *out = NULL;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    char *copy = fr_alloc((int64_t)length + 1, 1);
    if (copy == NULL) return FR_ENOMEM;
    memcpy(copy, path, length);
    const char *slash = strrchr(copy, '/'), *last = slash != NULL ? slash + 1 : copy;
    if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        fr_free(copy);
        return fr_fail(FR_EUSAGE, "the output folder '%s' needs a name of its own", path);
    }
    *out = copy;
    return FR_OK;
}

static int check_place(const char *path, bool force)
{
    if (!exists(path)) return FR_OK;
    if (!force)
        return fr_fail(FR_EUSAGE, "%s exists already; choose another name or replace it with --force", path);
    struct stat about;
    if (lstat(path, &about) == 0 && S_ISLNK(about.st_mode))
        return fr_fail(FR_EUSAGE, "%s is a symbolic link; --force replaces only folders", path);
    if (!is_folder(path)) return fr_fail(FR_EUSAGE, "%s is a file; --force replaces only folders", path);
    if (!is_replaceable(path))
        return fr_fail(
            FR_EUSAGE,
            "%s is no result folder (it holds other files and no summary.json); --force leaves it alone",
            path);
    return FR_OK;
}

static int make_partial(const char *path, const char *partial, bool force, bool resume)
{
    if (exists(partial)) {
        if (resume && is_folder(partial)) return FR_OK;
        if (!force)
            return fr_fail(
                FR_EUSAGE,
                "%s is left from an unfinished run; go on with --resume or start over with --force", partial);
        int status = remove_tree(partial);
        if (status != FR_OK) return status;
    }
    if (mkdir(partial, 0777) == 0) return FR_OK;
    return fr_fail(FR_EIO, "cannot make the output folder %s: %s", path, strerror(errno));
}

int fr_output_begin(const char *path, bool force, bool resume, fr_output *out)
{
    *out = (fr_output){.force = force};
    int status = take_path(path, &out->path);
    if (status == FR_OK && (out->partial = join(out->path, ".partial", "")) == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = check_place(out->path, force);
    if (status == FR_OK) status = make_partial(out->path, out->partial, force, resume);
    if (status != FR_OK) fr_output_free(out);
    return status;
}

/* Neither absolute nor climbing out of the folder. */
static bool is_inside(const char *name)
{
    if (*name == '\0' || *name == '/') return false;
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        size_t length = strcspn(part, "/");
        if (length == 0 || (length == 1 && *part == '.') || (length == 2 && memcmp(part, "..", 2) == 0))
            return false;
    }
    return true;
}

/* Makes the folders above the file `path`; the first `known` characters exist. */
static int make_folders(char *path, size_t known)
{
    for (char *slash = strchr(path + known, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int code = mkdir(path, 0777) == 0 ? 0 : errno;
        if (code == EEXIST) code = is_folder(path) ? 0 : ENOTDIR;
        int status =
            code == 0 ? FR_OK : fr_fail(FR_EIO, "cannot make the folder %s: %s", path, strerror(code));
        *slash = '/';
        if (status != FR_OK) return status;
    }
    return FR_OK;
}

const char *fr_output_file(fr_output *output, const char *name)
{
    if (!is_inside(name)) {
        fr_fail(FR_EUSAGE, "'%s' does not name a file inside the output folder", name);
        return NULL;
    }
    size_t known = strlen(output->partial) + 1, room = known + strlen(name) + 1;
    output_name *entry = fr_alloc((int64_t)(sizeof *entry + room), 1);
    if (entry == NULL) return NULL;
    snprintf(entry->path, room, "%s/%s", output->partial, name);
    if (make_folders(entry->path, known) != FR_OK) {
        fr_free(entry);
        return NULL;
    }
    entry->before = output->names;
    output->names = entry;
    return entry->path;
}

/* Puts `partial` where `path` is and `path` where `partial` is; errno where the system cannot do it in one step. */
static int exchange(const char *partial, const char *path)
{
#ifdef RENAME_EXCHANGE
    return renameat2(AT_FDCWD, partial, AT_FDCWD, path, RENAME_EXCHANGE);
#else
    (void)partial, (void)path;
    errno = ENOSYS;
    return -1;
#endif
}

/* The same in three steps; undone when the new folder cannot be put in place. */
static int exchange_in_steps(const char *partial, const char *path)
{
    char *aside = join(path, ".old", "");
    int status = aside == NULL ? FR_ENOMEM : FR_OK;
    if (status == FR_OK && exists(aside))
        status = fr_fail(FR_EIO, "cannot replace %s: %s is in the way", path, aside);
    if (status == FR_OK && rename(path, aside) != 0)
        status = fr_fail(FR_EIO, "cannot replace %s: %s", path, strerror(errno));
    else if (status == FR_OK && rename(partial, path) != 0) {
        status = fr_fail(FR_EIO, "cannot replace %s: %s", path, strerror(errno));
        if (rename(aside, path) != 0)
            status = fr_fail(FR_EIO, "cannot replace %s; its old contents are in %s", path, aside);
    } else if (status == FR_OK && rename(aside, partial) != 0) {
        fr_warn("the old contents of %s are left in %s", path, aside);
    }
    fr_free(aside);
    return status;
}

/* What is written must be on the disk before the older result goes away. */
static int flush_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = descriptor < 0 ? errno : 0;
#ifdef __linux__
    if (descriptor >= 0 && syncfs(descriptor) != 0) code = errno;
#else
    sync();
#endif
    if (descriptor >= 0) close(descriptor);
    return code == 0 ? FR_OK : fr_fail(FR_EIO, "cannot write %s: %s", path, strerror(code));
}

static int replace(fr_output *output)
{
    int status = check_place(output->path, true);
    if (status == FR_OK) status = flush_folder(output->partial);
    if (status == FR_OK && exchange(output->partial, output->path) != 0) {
        if (errno != ENOSYS && errno != EINVAL)
            return fr_fail(FR_EIO, "cannot replace %s: %s", output->path, strerror(errno));
        status = exchange_in_steps(output->partial, output->path);
    }
    if (status == FR_OK && remove_tree(output->partial) != FR_OK)
        fr_warn("the old contents of %s could not be removed and are left in %s", output->path,
                output->partial);
    return status;
}

int fr_output_commit(fr_output *output)
{
    if (exists(output->path)) {
        if (output->force) return replace(output);
        return fr_fail(FR_EIO, "%s has appeared while the work was running; the result is in %s",
                       output->path, output->partial);
    }
    if (rename(output->partial, output->path) == 0) return FR_OK;
    return fr_fail(FR_EIO, "cannot rename %s to %s: %s", output->partial, output->path, strerror(errno));
}

void fr_output_abandon(fr_output *output, bool keep)
{
    if (output->partial != NULL && !keep && remove_tree(output->partial) != FR_OK)
        fr_warn("the unfinished folder %s could not be removed", output->partial);
}

void fr_output_free(fr_output *output)
{
    if (output == NULL) return;
    for (output_name *entry = output->names, *before; entry != NULL; entry = before) {
        before = entry->before;
        fr_free(entry);
    }
    fr_free(output->path);
    fr_free(output->partial);
    *output = (fr_output){0};
}
