import { Gauge, type Registry } from 'prom-client';

export interface EncryptionMetrics {
  /** Whether what shows or describes a face is encrypted on the disk. */
  encrypted(is: boolean): void;
  /** Values that are still to be encrypted with the key in use. */
  pending(count: number): void;
}

/** Encryption at rest. */
export function registerEncryptionMetrics(registry: Registry): EncryptionMetrics {
  const registers = [registry];
  const encrypted = new Gauge({
    name: 'nightglass_store_encrypted',
    help: '1 where templates, portraits and evidence are encrypted on the disk',
    registers,
  });
  const pending = new Gauge({
    name: 'nightglass_store_values_pending',
    help: 'Values of the store that are still to be encrypted with the key in use',
    registers,
  });
  return {
    encrypted: (is) => encrypted.set(is ? 1 : 0),
    pending: (count) => pending.set(count),
  };
}
