// SPDX-License-Identifier: Apache-2.0
// Linux calls that the Glibc module of Swift does not carry.
// _GNU_SOURCE must not be defined here: fd_set would then differ from the one of the Glibc module.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
// malloc_usable_size
#include <malloc.h>
