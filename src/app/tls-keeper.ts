import { readTls, tlsFilesStamp } from '../config/read-tls.ts';
import type { Config } from '../config/schema.ts';
import { NightglassError } from '../domain/errors.ts';
import { expiresSoonMs, type TlsMaterial, type TlsStatus } from '../domain/tls-material.ts';
import type { GatewayTls } from '../gateway/tls/tls-options.ts';
import { sampleRegularly } from '../telemetry/sample-regularly.ts';
import type { Foundation } from './foundation.ts';

type TlsConfig = NonNullable<Config['server']['tls']>;

/** The files are looked at so often, and an end that comes soon is logged again so often. */
const lookEveryMs = 10_000;
const warnEveryMs = 86_400_000;

/**
 * The gateway's certificate and key in force: read at the start, and again when the files change
 * or the configuration is reloaded. Files that cannot be used change nothing, loudly.
 */
export class TlsKeeper {
  readonly #foundation: Foundation;
  readonly #atStart: TlsConfig;
  #config: TlsConfig;
  #baseDir: string;
  #material: TlsMaterial;
  #stamp: string;
  #fault: string | undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #renew: (material: TlsMaterial) => void = () => undefined;

  /** @throws NightglassError `TLS_INVALID`, `SECRET_MISSING` */
  constructor(foundation: Foundation, config: TlsConfig) {
    const { baseDir, env } = foundation;
    this.#foundation = foundation;
    this.#atStart = config;
    this.#config = config;
    this.#baseDir = baseDir;
    // Before reading: a change in between is then read again, and none is missed.
    this.#stamp = tlsFilesStamp(config, baseDir);
    this.#material = readTls(config, baseDir, env);
    foundation.metrics.tls.expires(this.#material.expiresAt);
    this.#warn();
  }

  /** Settings in force. */
  get config(): TlsConfig {
    return this.#config;
  }

  get gateway(): GatewayTls {
    const { hsts, redirectPort, redirectHost } = this.#atStart;
    return {
      material: this.#material,
      clientCertificates: clientCertificatesOf(this.#atStart),
      hstsMs: hsts,
      ...(redirectPort === undefined
        ? {}
        : { redirect: { port: redirectPort, host: redirectHost } }),
    };
  }

  get status(): TlsStatus {
    const { expiresAt, minVersion } = this.#material;
    const clientCertificates = clientCertificatesOf(this.#atStart);
    const status = { expiresAt, minVersion, clientCertificates };
    return this.#fault === undefined ? status : { ...status, fault: this.#fault };
  }

  /** Looks at the files regularly and hands over what they hold. Returns the way to stop. */
  follow(renew: (material: TlsMaterial) => void): () => void {
    this.#renew = renew;
    const { clock } = this.#foundation;
    const work = async () => this.look();
    return sampleRegularly({ clock, intervalMs: lookEveryMs, work });
  }

  /** Reads the files again where they may have changed; what cannot be used is logged, once. */
  look(): void {
    const stamp = tlsFilesStamp(this.#config, this.#baseDir);
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      try {
        this.#use(this.#config, this.#baseDir);
      } catch (error) {
        this.#refuse(error);
      }
    }
    this.#warn();
  }

  /**
   * Reads what a reloaded configuration names, for `apply`.
   * @throws NightglassError `TLS_INVALID`, `SECRET_MISSING`; the certificate before stays in force
   */
  prepare(next: TlsConfig | undefined, baseDir: string): () => void {
    if (next === undefined) return () => undefined;
    const { env } = this.#foundation;
    const stamp = tlsFilesStamp(next, baseDir);
    try {
      const material = this.#read(next, baseDir, env);
      return () => {
        this.#stamp = stamp;
        this.#apply(material, next, baseDir);
      };
    } catch (error) {
      this.#refuse(error);
      throw error;
    }
  }

  #use(config: TlsConfig, baseDir: string): void {
    this.#apply(this.#read(config, baseDir, this.#foundation.env), config, baseDir);
  }

  #read(config: TlsConfig, baseDir: string, env: NodeJS.ProcessEnv): TlsMaterial {
    const asked = clientCertificatesOf(config);
    if (asked !== clientCertificatesOf(this.#atStart)) {
      throw new NightglassError(
        'TLS_INVALID',
        'Cannot change whether clients need a certificate while the program runs',
        { hint: 'Restart it.' },
      );
    }
    return readTls(config, baseDir, env);
  }

  #apply(material: TlsMaterial, config: TlsConfig, baseDir: string): void {
    const changed =
      JSON.stringify(material) !== JSON.stringify(this.#material) || this.#fault !== undefined;
    this.#renew(material);
    this.#material = material;
    this.#foundation.metrics.tls.expires(material.expiresAt);
    const { hsts, redirectPort, redirectHost } = this.#atStart;
    this.#config = { ...config, hsts, redirectPort, redirectHost };
    this.#baseDir = baseDir;
    this.#fault = undefined;
    this.#warnedAt = Number.NEGATIVE_INFINITY;
    if (!changed) return;
    const { log } = this.#foundation;
    log.info({ expires: dateOf(material.expiresAt) }, 'The certificate of the gateway is renewed');
  }

  #refuse(error: unknown): void {
    if (!(error instanceof NightglassError)) throw error;
    const { message, hint } = error;
    this.#fault = message;
    this.#foundation.log.error(
      { reason: message, hint, expires: dateOf(this.#material.expiresAt) },
      'The new certificate or key of the gateway cannot be used: those before stay in force',
    );
  }

  #warn(): void {
    const { clock, log } = this.#foundation;
    const { expiresAt } = this.#material;
    const left = expiresAt - clock.now();
    if (left > expiresSoonMs || clock.monotonic() - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = clock.monotonic();
    const what = left > 0 ? 'ends soon: renew it' : 'has ended: clients refuse it';
    log.warn({ expires: dateOf(expiresAt) }, `The certificate of the gateway ${what}`);
  }
}

function clientCertificatesOf({
  clientCa,
  clientCertificates,
}: TlsConfig): TlsStatus['clientCertificates'] {
  return clientCa === undefined ? 'none' : (clientCertificates ?? 'required');
}

function dateOf(at: number): string {
  return new Date(at).toISOString();
}
