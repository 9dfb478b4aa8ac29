import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP tells it in JSON; only what the tests read. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** Nanoseconds since the epoch, as a decimal number in a string. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
  }[];
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: ReceivedSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
}

/** A small OpenTelemetry collector: takes OTLP over HTTP as JSON and keeps it. */
export class OtlpReceiver implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  readonly bodies: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  readonly resources = new Set<string>();
  /** What it answers. */
  status = 200;
  readonly #server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    this.headers.push(request.headers);
    if (this.status === 200) this.#take(body);
    response.writeHead(this.status, { 'content-type': 'application/json' }).end('{}');
    this.#wake();
  });
  #wake: () => void = () => undefined;

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/traces`;
  }

  /** The spans of the first trace that has all these names; waits for it. */
  async trace(names: readonly string[], ms = 60_000): Promise<readonly ReceivedSpan[]> {
    const limit = AbortSignal.timeout(ms);
    for (;;) {
      const traces = Map.groupBy(this.spans, ({ traceId }) => traceId).values();
      for (const spans of traces) {
        if (names.every((name) => spans.some((span) => span.name === name))) return spans;
      }
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        limit.addEventListener('abort', () =>
          reject(new Error(`no trace with ${names.join(', ')} within ${ms} ms`)),
        );
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(body: string): void {
    this.bodies.push(body);
    for (const { resource, scopeSpans } of (JSON.parse(body) as ExportRequest).resourceSpans) {
      for (const { key, value } of resource.attributes) {
        this.resources.add(`${key}=${value.stringValue}`);
      }
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
  }
}

/** Attributes of a span, plain. */
export function attributesOf({ attributes }: ReceivedSpan): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
  );
}
