// SPDX-License-Identifier: Apache-2.0

/// The one thread that talks to the network. To be given its event loop as executor.
@globalActor
public actor NetworkActor {
    public static let shared = NetworkActor()
}
