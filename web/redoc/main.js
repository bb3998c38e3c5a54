import Redoc from 'redoc/bundles/redoc.standalone.js'
import './style.css'

const links = [...document.querySelectorAll('nav a')]
const chosen = links.find((link) => link.search === location.search) ?? links[0]
chosen.setAttribute('aria-current', 'page')

Redoc.init(
  new URL(`../${chosen.text}/openapi.json`, location.href).href,
  { scrollYOffset: 'nav' },
  document.getElementById('root'),
)
