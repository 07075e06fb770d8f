import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Webhook {
  body: string;
  signature: string;
  type: string;
}

/**
 * Stands between the sandbox and the service, so that a test decides when a webhook arrives:
 * while `held`, it is acknowledged and kept; otherwise `deliver` answers it.
 */
export async function webhookRelay(deliver: (webhook: Webhook) => Promise<number>) {
  const relay = { held: false, seen: [] as Webhook[], url: '', close: async () => undefined as void };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const webhook = { body, signature: String(request.headers['stripe-signature']), type: (JSON.parse(body) as { type: string }).type };
    relay.seen.push(webhook);
    response.writeHead(relay.held ? 200 : await deliver(webhook)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  relay.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  relay.close = () => new Promise<void>((resolve) => void (server.close(() => resolve()), server.closeAllConnections()));
  return relay;
}
