import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface MailServer {
  readonly port: number;
  /** As they came, with who they are for. */
  readonly mails: {
    readonly to: readonly string[];
    readonly secure: boolean;
    readonly raw: string;
  }[];
}

/** An SMTP server on loopback that keeps what it is given; `options` are those of `smtp-server`. */
export async function openMailServer(
  t: TestContext,
  options: SMTPServerOptions = {},
): Promise<MailServer> {
  const mails: MailServer['mails'] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, logger: false, disabledCommands: ['STARTTLS'] },
    onData(stream, session, done) {
      buffer(stream).then((bytes) => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, secure: session.secure, raw: bytes.toString('utf8') });
        done();
      }, done);
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  t.after(() => new Promise<void>((done) => server.close(done)));
  return { port: (server.server.address() as AddressInfo).port, mails };
}
