import { type AddressInfo, createServer, type Socket } from 'node:net';

type Step = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'end';

/** What is said at a step in place of the usual; a server can also say nothing at all, or hang up. */
export type SmtpAnswers = Partial<Record<Step, string | 'silence' | 'hang-up'>>;

const USUAL: Record<Step, string> = { greeting: '220 mail.example', EHLO: '250 mail.example', MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go on', end: '250 taken' };

/** A mail server that takes what it is given, or answers as a test tells it to. */
export async function smtpServer() {
  const server = { url: '', answers: {} as SmtpAnswers, mails: [] as { to: string; source: string }[], commands: [] as string[], close: async () => undefined as void };
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let to = '';
    let heard = '';
    let inData = false;
    const answer = (step: Step) => {
      const what = server.answers[step] ?? USUAL[step];
      if (what === 'hang-up') socket.destroy();
      else if (what !== 'silence') socket.write(`${what}\r\n`);
      return what.startsWith('3');
    };
    const take = (line: string) => {
      const [command = ''] = line.toUpperCase().split(/[ :]/);
      server.commands.push(command);
      if (command === 'RCPT') to = /<(.*)>/.exec(line)?.[1] ?? '';
      if (command === 'DATA') inData = answer('DATA');
      else if (command === 'QUIT') socket.end('221 bye\r\n');
      else if (command in USUAL) answer(command as Step);
      else socket.write('502 never heard of it\r\n');
    };
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      for (;;) {
        const end = heard.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const said = heard.slice(0, end);
        heard = heard.slice(end + (inData ? 5 : 2));
        if (!inData) {
          take(said);
          continue;
        }
        inData = false;
        server.mails.push({ to, source: said.replace(/^\.\./gm, '.') });
        answer('end');
      }
    });
    answer('greeting');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  server.url = `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  server.close = () => new Promise<void>((resolve) => {
    listener.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
  return server;
}
