// Strapi as `strapi start` starts it; with `--tables` it only makes its tables.
const { mkdirSync } = require('node:fs')
const { join } = require('node:path')
const { createStrapi } = require('@strapi/strapi')

mkdirSync(join(__dirname, 'public/uploads'), { recursive: true })
const app = createStrapi({ appDir: __dirname, distDir: __dirname })
if (process.argv[2] === '--tables') app.load().then(() => app.destroy()).then(() => process.exit(0))
else app.start()
