// SPDX-License-Identifier: Apache-2.0
// The libcrypto that libssh2 links anyway: digests only.
#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
