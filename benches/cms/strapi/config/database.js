module.exports = ({ env }) => ({
  connection: {
    client: 'postgres',
    connection: { connectionString: env('DATABASE_URL'), schema: 'strapi' },
    pool: { min: 10, max: 10 },
  },
})
