import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['minimal'],
    // Argon2id with 64 MiB takes its time on a loaded machine.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
