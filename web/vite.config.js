import { defineConfig } from 'vite'

export default defineConfig({
  base: './',
  build: {
    outDir: '../resolvers/graphiql',
    emptyOutDir: true,
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 5000,
  },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:8000', ws: true } } },
})
