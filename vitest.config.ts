import { defineConfig } from 'vitest/config';

// Real VMs one file after another and after everything else: they share the machine's two or so processors, and a
// program under test must not be slowed by its neighbours' tests.
export default defineConfig({
  test: {
    maxWorkers: 2,
    // Machines that build for others stall at times. A test that passes only when it is run again is named in the output
    // and is a bug to be found; one that fails twice fails.
    projects: [
      {
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/e2e/**'],
          testTimeout: 30_000,
          retry: process.env.CI ? 1 : 0,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/e2e/reachable.ts',
          testTimeout: 120_000,
          retry: process.env.CI ? 1 : 0,
          hookTimeout: 240_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
