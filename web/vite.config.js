import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vite'

const packages = join(import.meta.dirname, 'node_modules')

/** Where each page goes, and the notices of bundles in it, whose contents Vite does not see. */
const pages = {
  graphiql: { built: 'resolvers/graphiql', notices: [] },
  docs: {
    built: 'app/rest/pages/docs',
    notices: [
      'swagger-ui-dist/NOTICE',
      'swagger-ui-dist/swagger-ui-es-bundle.js.LICENSE.txt',
      'swagger-ui-dist/swagger-ui-standalone-preset.js.LICENSE.txt',
    ],
  },
  redoc: {
    built: 'app/rest/pages/redoc',
    notices: [
      'redoc/bundles/redoc.standalone.js.LICENSE.txt',
      'redoc/bundles/d87bcbdbea8f8f5aa26f.worker.js.LICENSE.txt',
    ],
  },
}

const notices = (names) => ({
  name: 'notices',
  generateBundle() {
    const texts = names.map((name) => readFileSync(join(packages, name), 'utf8'))
    if (texts.length) this.emitFile({ type: 'asset', fileName: 'notices.txt', source: texts.join('\n') })
  },
})

/** Redoc's bundle without its picture from elsewhere, and without a module that does not exist. */
const localRedoc = {
  name: 'local-redoc',
  transform(code, id) {
    if (!id.endsWith('/redoc.standalone.js')) return undefined
    const local = { 'https://cdn.redoc.ly/redoc/logo-mini.svg': 'data:,', 'require("null")': 'undefined' }
    for (const [from, to] of Object.entries(local)) {
      if (!code.includes(from)) this.error(`Redoc no longer contains ${from}`)
      code = code.replaceAll(from, to)
    }
    return { code, map: null }
  },
}

export default defineConfig(({ mode }) => ({
  root: mode,
  publicDir: '../public',
  base: './',
  plugins: [localRedoc, notices(pages[mode].notices)],
  build: {
    outDir: `../../${pages[mode].built}`,
    emptyOutDir: true,
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 5000,
  },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:8000', ws: true } } },
}))
