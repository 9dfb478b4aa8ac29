import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { Log } from '../../domain/log.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import { browserSecretOf, stepSecretOf } from '../access/session-cookie.ts';
import { signInCookieOf } from '../access/sign-in-cookie.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { readArchive } from './read-archive.ts';
import { readUpload } from './read-upload.ts';
import type { RequestGuard } from './request-guard.ts';
import type { Answer, Route, RouteRequest, Upload } from './route.ts';
import { sendFile } from './send-file.ts';
import type { UploadRoom } from './upload-room.ts';

/** Puts a declared route on the server: who asks, what they send, then the handler. */
export function registerRoute(
  app: FastifyInstance,
  spec: Route,
  guard: RequestGuard,
  limits: GatewayLimits,
  uploads: UploadRoom,
  log: Pick<Log, 'error'>,
): void {
  app.route({
    method: spec.method,
    url: spec.path,
    async handler(request, reply) {
      const { principal, session } = guard.admit(request, spec);
      const params = parse(spec.params, request.params, 'path');
      const query = parse(spec.query, request.query, 'query');
      // Before a byte of the body is read.
      using _admitted = await spec.admit?.({ principal, params: params as never });
      using _room = await uploads.enter(request, spec.upload);
      const upload = await receive(request, spec, limits);
      const body = parse(spec.body, upload.fields ?? request.body, 'body');
      const answer = await spec.handle({
        principal,
        params: params as never,
        query: query as never,
        body: body as never,
        images: upload.images ?? [],
        archive: upload.archive,
        session,
        remote: remoteOf(request, guard),
      });
      return send(reply, answer, request.headers.range, (error) => {
        // Before that it is answered, and logged, as any other failure.
        if (!reply.raw.headersSent) return;
        log.error({ err: error, method: spec.method, route: spec.path }, 'An answer broke off');
      });
    },
  });
}

function remoteOf(request: FastifyRequest, guard: RequestGuard): RouteRequest<0, 0, 0>['remote'] {
  const prefix = guard.prefixOf(request);
  const { cookie, 'user-agent': agent = '' } = request.headers;
  return {
    address: guard.addressOf(request),
    secure: guard.isSecure(request),
    prefix,
    agent,
    browser: browserSecretOf(cookie, prefix),
    step: stepSecretOf(cookie, prefix),
    home: guard.homeOf(request),
    origin: guard.originOf(request),
    signIn: signInCookieOf(cookie, prefix),
  };
}

async function receive(
  request: FastifyRequest,
  { form, upload }: Route,
  limits: GatewayLimits,
): Promise<Partial<Upload> & { readonly archive?: UploadedImage }> {
  if (request.body instanceof URLSearchParams) {
    // A browser sends forms wherever any page tells it to.
    if (form !== true) throw new GatewayError('BAD_REQUEST', 'Cannot read the body: send JSON');
    return { fields: Object.fromEntries(request.body) };
  }
  if (upload === undefined) return {};
  if (upload === 'archive') return { archive: await readArchive(request, limits), fields: {} };
  if (upload === 'images-or-json' && !request.isMultipart()) return {};
  return readUpload(request, limits);
}

function parse(schema: z.ZodType | undefined, value: unknown, place: string): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new GatewayError(
    'BAD_REQUEST',
    `Cannot read the ${place}: ${describeIssues(result.error)}`,
  );
}

/** The first few issues of a validation, as one line. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) =>
      issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
    )
    .join('; ');
}

/** @param onBroken called where the source of a stream fails */
function send(
  reply: FastifyReply,
  answer: Answer,
  range: string | undefined,
  onBroken: (error: Error) => void,
): FastifyReply {
  if ('cookie' in answer && answer.cookie !== undefined) reply.header('set-cookie', answer.cookie);
  if ('redirect' in answer) return reply.redirect(answer.redirect, 302);
  if ('stream' in answer) {
    if (answer.fileName !== undefined) {
      reply.header('content-disposition', `attachment; filename="${answer.fileName}"`);
    }
    const stream = Readable.from(answer.stream, { objectMode: false }).on('error', onBroken);
    return reply.type(answer.contentType).send(stream);
  }
  if ('file' in answer) return sendFile(reply, answer.file, answer.contentType, range, onBroken);
  if ('jpeg' in answer) {
    const { buffer, byteOffset, byteLength } = answer.jpeg;
    return reply.type('image/jpeg').send(Buffer.from(buffer, byteOffset, byteLength));
  }
  if ('text' in answer) {
    return reply
      .code(answer.status ?? 200)
      .type(answer.contentType)
      .send(answer.text);
  }
  if ('json' in answer) {
    return reply
      .code(answer.status ?? 200)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(answer.json));
  }
  return reply.code(204).send();
}
