import { defineConfig } from 'vitest/config'

const mesh = { testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'images/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      { test: { ...mesh, name: 'mesh', include: ['mesh-tests/**/*.test.ts'] } },
      // The same instances as an ordinary user; all files: WEFT_TEST_AS=user npm run test:mesh.
      {
        test: {
          ...mesh,
          name: 'mesh-user',
          include: ['walkthrough-000', 'walkthrough-001', 'kubectl', 'kubectl-pods'].map(
            (file) => `mesh-tests/${file}.test.ts`,
          ),
          env: { WEFT_TEST_AS: 'user' },
        },
      },
    ],
  },
})
