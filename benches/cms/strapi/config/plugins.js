module.exports = {
  graphql: { config: { maxLimit: 100, landingPage: false } },
  'users-permissions': { config: { jwtSecret: 'benches' } },
}
