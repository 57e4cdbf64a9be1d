// SPDX-License-Identifier: Apache-2.0
// ncurses for Swift: only what the importer cannot take by itself (macros, globals).
#pragma once
#define NCURSES_WIDECHAR 1
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#include <curses.h>
