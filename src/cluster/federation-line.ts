import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { federationBounds } from '../domain/bounds.ts';
import { NightglassError } from '../domain/errors.ts';
import {
  type FederationKind,
  type FederationRefusal,
  federationKinds,
  isAlertKind,
  siteIdPattern,
} from '../domain/federation.ts';
import type { Log } from '../domain/log.ts';
import type { Seal } from './envelope.ts';
import type { FederationSeal } from './federation-seal.ts';

/** Name of the centre in seals. No site may have it: it holds a character that no site's id has. */
export const centreName = '_centre';

const subjectStart = 'nightglass.federation';

/** A number that no other question has, so that no earlier answer fits. */
const nonceBytes = 16;

/**
 * Asks the centre.
 * @param nonce random, hexadecimal: the answer names it
 * @throws NightglassError `FEDERATION_UNREACHABLE` where none comes in time, `FEDERATION_REFUSED`
 * for one that is not the centre's to this question
 */
export async function askCentre(
  connection: NatsConnection,
  seal: FederationSeal,
  from: {
    readonly site: string;
    readonly kind: FederationKind;
    readonly body: unknown;
    readonly nonce: string;
    readonly refused: (reason: FederationRefusal) => void;
  },
): Promise<unknown> {
  const { body, kind, nonce, refused, site } = from;
  const head = Buffer.from(nonce, 'hex');
  if (head.length !== nonceBytes) throw new RangeError('Cannot ask: the nonce is not valid');
  const text = Buffer.from(JSON.stringify(body), 'utf8');
  const question = seal.seal(questionOf(site, kind), Buffer.concat([head, text]));
  const message = await connection
    .request(`${subjectStart}.${site}.${kind}`, question, { timeout: federationBounds.answerMs })
    .catch((cause: unknown) => {
      throw new NightglassError('FEDERATION_UNREACHABLE', 'The centre does not answer', { cause });
    });
  const refuse = (reason: FederationRefusal): never => {
    refused(reason);
    throw new NightglassError('FEDERATION_REFUSED', `An answer was not believed: ${reason}`);
  };
  if (message.data.length > federationBounds.messageBytes) return refuse('too_large');
  const opened = seal.open(answerTo(site, nonce), message.data);
  if (typeof opened === 'string') return refuse(opened);
  try {
    return JSON.parse(opened.body.toString('utf8'));
  } catch {
    return refuse('format');
  }
}

export interface SiteQuestion {
  readonly site: string;
  readonly kind: FederationKind;
  readonly body: unknown;
  readonly seal: Seal;
}

/**
 * Answers sites until the connection closes, one question after the other. What is not believed
 * gets no answer.
 * @param answer undefined: no answer either
 */
export function answerSites(
  connection: NatsConnection,
  seals: ReadonlyMap<string, FederationSeal>,
  answer: (question: SiteQuestion) => unknown,
  refused: (site: string | undefined, reason: FederationRefusal) => void,
  log: Log,
): void {
  const subscription = connection.subscribe(`${subjectStart}.*.*`);
  const work = async () => {
    for await (const message of subscription) {
      try {
        respond(message, seals, answer, refused);
      } catch (error) {
        log.warn({ err: error, subject: message.subject }, 'A site was not answered');
      }
      // Many sites that catch up shall not hold the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  void work();
}

function respond(
  message: Msg,
  seals: ReadonlyMap<string, FederationSeal>,
  answer: (question: SiteQuestion) => unknown,
  refused: (site: string | undefined, reason: FederationRefusal) => void,
): void {
  const [, , site = '', kind = ''] = message.subject.split('.');
  const seal = siteIdPattern.test(site) ? seals.get(site) : undefined;
  if (seal === undefined) return void refused(undefined, 'seal');
  if (!isKind(kind)) return void refused(site, 'format');
  if (message.data.length > mostBytes(kind)) return void refused(site, 'too_large');
  const opened = seal.open(questionOf(site, kind), message.data);
  if (typeof opened === 'string') return void refused(site, opened);
  const nonce = opened.body.subarray(0, nonceBytes);
  let body: unknown;
  try {
    body = JSON.parse(opened.body.subarray(nonceBytes).toString('utf8'));
  } catch {
    return void refused(site, 'format');
  }
  const answered = answer({ site, kind, body, seal: opened.seal });
  if (answered === undefined) return;
  const purpose = answerTo(site, nonce.toString('hex'));
  const bytes = seal.seal(purpose, Buffer.from(JSON.stringify(answered), 'utf8'));
  if (bytes.length > federationBounds.messageBytes) return void refused(site, 'too_large');
  message.respond(bytes);
}

function mostBytes(kind: FederationKind): number {
  if (kind === 'piece') return federationBounds.pieceQuestionBytes;
  return isAlertKind(kind) ? federationBounds.alertBytes : federationBounds.questionBytes;
}

function isKind(kind: string): kind is FederationKind {
  return (federationKinds as readonly string[]).includes(kind);
}

function questionOf(site: string, kind: FederationKind): string {
  return `federation/${site}/question/${kind}`;
}

function answerTo(site: string, nonce: string): string {
  return `federation/${site}/answer/${nonce}`;
}
