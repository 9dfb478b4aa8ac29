import type { FrameTrace } from './frame-traces.ts';

export interface CollectorOptions {
  /** Where traces are posted, OTLP over HTTP as JSON: `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: string;
  /** Sent with each request; may hold credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Version of the program, for the resource. */
  readonly version: string;
  /** How long closing may take, milliseconds; default 1000 of the five seconds that the program has. */
  readonly closeLimit?: number;
  /** Told of each batch that the collector took, or did not take. */
  readonly onSent?: (result: 'exported' | 'failed', spans: number, error?: Error) => void;
}

export interface Collector {
  send(trace: FrameTrace): void;
  /** Sends what waits, within `closeLimit`, and ends. Idempotent. */
  close(): Promise<void>;
}

/** How long the collector may take, retries included, milliseconds. */
const patience = 3_000;

/** Result code of an export that the collector took (`ExportResultCode.SUCCESS`). */
const success = 0;

/**
 * A connection to an OpenTelemetry collector. The packages are imported here
 * and nowhere else, so that who wants no traces does not load them.
 */
export async function openCollector(options: CollectorOptions): Promise<Collector> {
  const [{ ROOT_CONTEXT, trace }, { BatchSpanProcessor, TracerProvider }, otlp, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const { endpoint, headers, version, onSent, closeLimit = 1_000 } = options;
  const exporter = new otlp.OTLPTraceExporter({ url: endpoint, headers, timeoutMillis: patience });
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': 'nightglass',
      'service.version': version,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: {
          export: (spans, done) =>
            exporter.export(spans, (result) => {
              onSent?.(result.code === success ? 'exported' : 'failed', spans.length, result.error);
              done(result);
            }),
          shutdown: () => exporter.shutdown(),
          forceFlush: () => exporter.forceFlush(),
        },
        maxQueueSize: 4096,
        maxExportBatchSize: 512,
        scheduledDelayMillis: 2_000,
        exportTimeoutMillis: patience,
      }),
    ],
  });
  const tracer = provider.getTracer('nightglass', version);
  let closing: Promise<void> | undefined;
  return {
    send({ start, end, attributes, spans }) {
      const root = tracer.startSpan('frame', { startTime: start, attributes }, ROOT_CONTEXT);
      const within = trace.setSpan(ROOT_CONTEXT, root);
      for (const span of spans) {
        tracer
          .startSpan(span.name, { startTime: span.start, attributes: span.attributes }, within)
          .end(span.end);
      }
      root.end(end);
    },
    close() {
      // A collector that is gone must not hold the program up.
      closing ??= Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, closeLimit).unref()),
      ]);
      return closing;
    },
  };
}
