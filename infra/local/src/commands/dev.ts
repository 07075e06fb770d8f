import { connect } from 'node:net';
import { mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { context, formatMessages } from 'esbuild';
import { buildAssets } from '../build/assets.ts';
import { bundleOptions } from '../build/bundles.ts';
import type { Command } from './command.ts';
import { Fault } from '../fault.ts';
import { sizeOf } from '../files.ts';
import { type Home, openHome, ROOT } from '../home.ts';
import { replicas, type Service, services } from '../processes.ts';
import type { Answer, Request } from '../supervisor/control.ts';
import { followLogs } from '../supervisor/read-logs.ts';
import { runningShop } from '../supervisor/running.ts';

export const command: Command = {
  usage: 'dev <service>',
  help: `Puts one process that follows your edits in the place of a service's replicas, in the shop that runs. Ctrl-C gives\nthem back. Services: ${Object.keys(services).join(', ')}.`,
  arguments: [1, 1],
  async run({ args: [name = ''] }) {
    if (!Object.hasOwn(replicas, name)) throw new Fault(`There is no service "${name}". There are: ${Object.keys(replicas).join(', ')}`);
    const service = name as Service;
    const home = openHome();
    const supervisor = await callSupervisor(home);
    mkdirSync(home.dev, { recursive: true });
    const file = join(home.dev, `${service}.mjs`);
    const stop = new AbortController();
    let running = false;
    const onBuilt = () => {
      if (running) supervisor.send({ restart: true });
      else supervisor.send({ token: supervisor.token, develop: service, file });
      running = true;
    };
    void supervisor.ended.then(() => stop.abort());
    const bundler = await watchSources(service, file, onBuilt);
    if (service === 'storefront') watchAssets(home, onBuilt, stop.signal);
    console.log(`${service} follows its sources. Ctrl-C gives back its replicas.\n`);
    const log = { name: `${service}-1`, path: join(home.logs, `${service}-1.log`) };
    await followLogs(() => [log], new Map([[log.path, sizeOf(log.path)]]), stop);
    await bundler.dispose();
    supervisor.close();
    return 0;
  },
};

/** The connection is what keeps the service with us: however we end, the supervisor then gives it back. */
async function callSupervisor(home: Home) {
  const { topology, secrets } = runningShop(home);
  const socket = connect({ port: topology.supervisor.controlPort, host: '127.0.0.1' });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', (error) => console.error(`The supervisor does not answer: ${error.message}`));
  createInterface({ input: socket }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    if ('refused' in answer) console.error(`\n${answer.refused}\n`);
  });
  return {
    token: secrets.control,
    ended,
    send: (request: Request) => void socket.write(`${JSON.stringify(request)}\n`),
    close: () => void socket.end(),
  };
}

async function watchSources(service: Service, file: string, onBuilt: () => void) {
  const bundler = await context({
    ...bundleOptions,
    entryPoints: [join(ROOT, services[service].entry)],
    outfile: file,
    outExtension: {},
    plugins: [{
      name: 'restart',
      setup: (build) => build.onEnd(async ({ errors }) => {
        if (errors.length === 0) return onBuilt();
        console.error((await formatMessages(errors, { kind: 'error', color: process.stderr.isTTY })).join('\n'));
      }),
    }],
  });
  await bundler.watch();
  return bundler;
}

function watchAssets(home: Home, onBuilt: () => void, signal: AbortSignal): void {
  let pending: NodeJS.Timeout | undefined;
  watch(join(ROOT, 'services/storefront/assets'), { recursive: true, signal }, () => {
    clearTimeout(pending);
    pending = setTimeout(() => {
      buildAssets(home).then((changed) => changed && onBuilt(), (error: Error) => console.error(error.message));
    }, 100);
  });
}
