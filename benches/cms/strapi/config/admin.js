// No dashboard is served; the secrets guard a database that nobody signs in to.
module.exports = {
  serveAdminPanel: false,
  auth: { secret: 'benches' },
  apiToken: { salt: 'benches' },
  transfer: { token: { salt: 'benches' } },
}
