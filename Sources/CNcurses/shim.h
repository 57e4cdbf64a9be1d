// SPDX-License-Identifier: Apache-2.0
// ncurses for Swift: only what the importer cannot take by itself. Macros and globals become functions of the same
// meaning; no constant is copied.
#pragma once
#define NCURSES_WIDECHAR 1
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#include <curses.h>
#include <fcntl.h>
#include <pty.h>  // openpty, for tests
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// Globals, which Swift 6 refuses as shared mutable state.
static inline WINDOW *nc_stdscr(void) { return stdscr; }
static inline WINDOW *nc_curscr(void) { return curscr; }
static inline int nc_colors(void) { return COLORS; }
static inline int nc_color_pairs(void) { return COLOR_PAIRS; }
static inline int nc_lines(void) { return LINES; }
static inline int nc_columns(void) { return COLS; }

// Attribute and key macros, which are computed.
static inline attr_t nc_a_bold(void) { return A_BOLD; }
static inline attr_t nc_a_dim(void) { return A_DIM; }
static inline attr_t nc_a_underline(void) { return A_UNDERLINE; }
static inline attr_t nc_a_reverse(void) { return A_REVERSE; }
static inline int nc_key_f(int number) { return KEY_F(number); }

// Terminfo. <term.h> would define a macro for every capability (`columns`, `bell`, …), so its few functions are
// declared here; tigetstr answers with a sentinel pointer, and cur_term is a global.
struct term;
extern int setupterm(const char *term, int fd, int *error);
extern char *tigetstr(NCURSES_CONST char *name);
extern int tigetflag(NCURSES_CONST char *name);
extern int tigetnum(NCURSES_CONST char *name);
extern int del_curterm(struct term *terminal);
extern struct term *cur_term;
static inline const char *nc_capability(const char *name) {
    char *text = tigetstr((NCURSES_CONST char *)name);
    return text == (char *)-1 ? NULL : text;
}
static inline int nc_flag(const char *name) { return tigetflag((NCURSES_CONST char *)name); }
static inline int nc_number(const char *name) { return tigetnum((NCURSES_CONST char *)name); }
static inline void nc_forget_terminal(void) {
    if (cur_term != NULL) del_curterm(cur_term);
}

// Variadic for Swift: ioctl.
static inline int nc_window_size(int fd, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return -1;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

// Text in one style. The pair goes in by `opts`, because the short parameter ends at 32767.
static inline void nc_put(WINDOW *window, int row, int column, const wchar_t *text, int count, attr_t attributes,
                          int pair) {
    wattr_set(window, attributes, 0, &pair);
    mvwaddnwstr(window, row, column, text, count);
}

// One cell as it stands on the screen, for tests. `text` must hold CCHARW_MAX + 1.
static inline int nc_cell(WINDOW *window, int row, int column, wchar_t *text, attr_t *attributes, int *pair) {
    cchar_t cell;
    short small_pair;
    if (mvwin_wch(window, row, column, &cell) == ERR) return ERR;
    return getcchar(&cell, text, attributes, &small_pair, pair);
}
static inline int nc_cell_text_limit(void) { return CCHARW_MAX; }

// The Glibc module hides it behind feature macros.
extern int wcwidth(wchar_t character);

// What must happen to the terminal when the process is dying and nothing of Swift may run any more. Everything here
// is async-signal-safe (POSIX.1-2017, 2.4.3): write, tcsetattr, open, dup2, read, signal, sigprocmask, raise.
//
// The state stands inside functions, because the importer carries over no variables; it exists once per object file, so
// exactly one Swift file may call these: TerminalGuard.swift.
struct nc_guard {
    volatile sig_atomic_t armed;
    int out;                // the terminal
    int saved_error;        // the real standard error while ours is caught; -1
    int caught_error;       // read end of what was caught; -1
    size_t count;
    char bytes[1024];       // what gives the terminal back
    struct termios modes;   // as it was found
    int has_modes;
};
static inline struct nc_guard *nc_guard_state(void) {
    static struct nc_guard state;
    return &state;
}
static inline struct sigaction *nc_guard_previous(int number) {
    static struct sigaction previous[65];
    return &previous[number];
}

static inline void nc_guard_write(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);
        if (written <= 0) return;
        bytes += written;
        count -= (size_t)written;
    }
}

// Gives the terminal back once; safe to call from anywhere, at any time.
static inline void nc_guard_restore(void) {
    struct nc_guard *state = nc_guard_state();
    if (!state->armed) return;
    state->armed = 0;
    nc_guard_write(state->out, state->bytes, state->count);
    if (state->has_modes) {
        // A background process that touches the terminal would be stopped by SIGTTOU.
        sigset_t only, before;
        sigemptyset(&only);
        sigaddset(&only, SIGTTOU);
        sigprocmask(SIG_BLOCK, &only, &before);
        tcsetattr(state->out, TCSANOW, &state->modes);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    if (state->saved_error >= 0) {
        char chunk[512];
        ssize_t count;
        dup2(state->saved_error, STDERR_FILENO);
        while ((count = read(state->caught_error, chunk, sizeof chunk)) > 0)
            nc_guard_write(STDERR_FILENO, chunk, (size_t)count);
    }
}

static inline void nc_guard_handler(int number, siginfo_t *info, void *context) {
    nc_guard_restore();
    // Whoever was here before us (Swift's backtrace) sees the same fault, and may or may not come back.
    // Swift's backtrace would ask for a key on a terminal; what ends must end, so it finds nobody to ask.
    int nobody = open("/dev/null", O_RDONLY);
    if (nobody >= 0) dup2(nobody, STDIN_FILENO);
    struct sigaction *previous = nc_guard_previous(number);
    if (previous->sa_flags & SA_SIGINFO) {
        previous->sa_sigaction(number, info, context);
    } else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(number);
    }
    // The default action decides how the process ends.
    signal(number, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    raise(number);
}

static inline void nc_guard_arm(int out, const char *bytes, size_t count, const struct termios *modes,
                                int saved_error, int caught_error) {
    struct nc_guard *state = nc_guard_state();
    state->armed = 0;
    state->out = out;
    state->saved_error = saved_error;
    state->caught_error = caught_error;
    state->count = count < sizeof state->bytes ? count : sizeof state->bytes;
    for (size_t i = 0; i < state->count; i++) state->bytes[i] = bytes[i];
    state->has_modes = modes != NULL;
    if (modes != NULL) state->modes = *modes;
    state->armed = 1;
}
static inline void nc_guard_disarm(void) { nc_guard_state()->armed = 0; }

static inline void nc_guard_catch(int number) {
    struct sigaction action;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK | SA_SIGINFO;
    action.sa_sigaction = nc_guard_handler;
    struct sigaction previous;
    if (sigaction(number, NULL, &previous) != 0 || previous.sa_sigaction == nc_guard_handler) return;
    // A signal the parent asked us to ignore (nohup) stays ignored.
    if (previous.sa_handler == SIG_IGN) return;
    if (sigaction(number, &action, &previous) == 0) *nc_guard_previous(number) = previous;
}
static inline void nc_guard_release(int number) {
    struct sigaction current;
    if (sigaction(number, NULL, &current) == 0 && current.sa_sigaction == nc_guard_handler)
        sigaction(number, nc_guard_previous(number), NULL);
}
// A stack overflow leaves no stack to run the handler on.
static inline void nc_guard_use_stack(void) {
    static char stack[65536];
    stack_t current;
    if (sigaltstack(NULL, &current) != 0 || !(current.ss_flags & SS_DISABLE)) return;
    stack_t own = {.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
    sigaltstack(&own, NULL);
}
static inline void nc_guard_at_exit(void) { atexit(nc_guard_restore); }
static inline void nc_default_action(int number) {
    struct sigaction action;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
}
