import httpProxy from '@fastify/http-proxy';
import Fastify from 'fastify';

/**
 * What the frameworks cost by themselves, as they come: a route that answers a constant object by its schema, and a proxy before
 * it. Told by messages what to be, answers with the port.
 */
export type Role = { role: 'route'; schema: object; answer: unknown } | { role: 'proxy'; upstream: string };

async function become(role: Role): Promise<number> {
  const app = Fastify({ logger: false });
  if (role.role === 'proxy') await app.register(httpProxy, { upstream: role.upstream, disableRequestLogging: true });
  else app.get('/*', { schema: { response: { 200: role.schema } } }, async () => role.answer);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as { port: number }).port;
}

process.on('message', (role: Role) => {
  become(role).then(
    (port) => process.send?.({ port }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
