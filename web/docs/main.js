import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import StandalonePreset from 'swagger-ui-dist/swagger-ui-standalone-preset.js'
import 'swagger-ui-dist/swagger-ui.css'
import './style.css'

const version = (name) => ({ name, url: new URL(`../${name}/openapi.json`, location.href).href })

SwaggerUI({
  dom_id: '#root',
  urls: ['v1', 'v2'].map(version),
  presets: [SwaggerUI.presets.apis, StandalonePreset],
  layout: 'StandaloneLayout',
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null, // else the document's address goes to validator.swagger.io
})
