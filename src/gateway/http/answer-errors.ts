import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { retryBusyAfter } from '../../domain/budget.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { DebugLog } from '../../domain/log.ts';
import type { Auditor } from '../access/auditor.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import { GatewayError, statusOf, toWireError, type WireError } from '../contract/wire-error.ts';
import { id } from '../schemas/values.ts';
import type { RequestGuard } from './request-guard.ts';

/** Counts and logs each answer. */
export function observeRequests(
  app: FastifyInstance,
  observer: GatewayObserver,
  log: DebugLog,
): void {
  app.addHook('onResponse', async (request, reply) => {
    // The pattern, never the URL: that may name people, and has no bound.
    const route = request.routeOptions.url ?? 'unknown';
    observer.request?.(route, reply.statusCode, reply.elapsedTime / 1000);
    log.debug({ method: request.method, route, status: reply.statusCode }, 'Answered a request');
  });
}

/** Records who was refused, and what. */
export function recordDenials(auditor: Auditor, guard: RequestGuard) {
  return (request: FastifyRequest, error: unknown, status: number): void => {
    if (![401, 403, 429].includes(status) && !(error instanceof GatewayError && error.hidden)) {
      return;
    }
    auditor.denied({
      who: guard.principalOf(request)?.name,
      address: guard.addressOf(request),
      code: codeOf(error),
      place: `${request.method} ${request.routeOptions.url ?? 'unknown'}`,
      ...targetOf(request.params),
    });
  };
}

/** Answers what failed with a coded error. */
export function answerErrors(
  app: FastifyInstance,
  log: DebugLog,
  onError: (request: FastifyRequest, error: unknown, status: number) => void,
): void {
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send({ error: { code: 'NOT_FOUND', message: 'Cannot find this page' } });
  });
  app.setErrorHandler((error, request, reply) => {
    const wire = fastifyWireError(error) ?? toWireError(error);
    const status = statusOf(wire.code);
    onError(request, error, status);
    // That it is busy is counted by a metric, and no fault.
    if (status >= 500 && wire.code !== 'BUSY') {
      log.error(
        { err: error, method: request.method, route: request.routeOptions.url },
        'Cannot answer a request',
      );
    }
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="nightglass"');
    if (status === 429) reply.header('retry-after', String(retryAfterOf(error)));
    if (wire.code === 'BUSY') reply.header('retry-after', String(retryBusyAfter));
    reply.code(status).send({ error: wire });
  });
}

function codeOf(error: unknown): string {
  return (fastifyWireError(error) ?? toWireError(error)).code;
}

/** The id in the path, where it is one: what was asked for. */
function targetOf(params: unknown): { target?: string } {
  const target = id.safeParse((params as { id?: unknown } | undefined)?.id);
  return target.success ? { target: target.data } : {};
}

function retryAfterOf(error: unknown): number {
  return (error instanceof GatewayError ? error.retryAfter : undefined) ?? 60;
}

/** Failures that fastify or its plugins found, such as malformed JSON or too many files. */
function fastifyWireError(error: unknown): WireError | undefined {
  if (error instanceof GatewayError || error instanceof NightglassError) return undefined;
  const status = (error as FastifyError).statusCode;
  if (status === undefined || status >= 500) return undefined;
  if (status === 413)
    return { code: 'PAYLOAD_TOO_LARGE', message: 'The request is larger than allowed' };
  return { code: 'BAD_REQUEST', message: `Cannot read the request: ${(error as Error).message}` };
}
