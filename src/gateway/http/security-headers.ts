import type { FastifyInstance } from 'fastify';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Headers of every answer: a strict content policy, no framing, no guessing of types, no caching of data;
 * over TLS for how long browsers shall ask over TLS alone. @param hstsMs 0 and undefined say nothing
 */
export function addSecurityHeaders(app: FastifyInstance, hstsMs = 0): void {
  app.addHook('onSend', async (request, reply) => {
    const own = reply.getHeader('content-security-policy');
    reply.headers({
      'content-security-policy': typeof own === 'string' ? own : policy,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    if (hstsMs > 0) {
      reply.header('strict-transport-security', `max-age=${Math.floor(hstsMs / 1000)}`);
    }
    if (!request.url.startsWith('/assets/')) reply.header('cache-control', 'no-store');
  });
}
