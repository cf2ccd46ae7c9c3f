package dev.nescio.server.config;

import java.nio.file.Path;

/// What an operator decides.
///
/// @param data the folder that the server keeps everything in that is not elsewhere
/// @param port 0 for any that is free
/// @param publicUrl where browsers find this server
/// @param rateLimits whether requests are limited; off only for load tests
/// @param behindProxy whether the last address in `X-Forwarded-For` is the client's network
public record Settings(
        Path data,
        String host,
        int port,
        DatabaseSetting database,
        Path keyring,
        PublicUrl publicUrl,
        boolean rateLimits,
        boolean behindProxy) {}
