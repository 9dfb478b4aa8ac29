import { readFileSync } from 'node:fs';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Text of `/proc/cpuinfo`; only asked for on Linux. */
  readonly cpuinfo: () => string;
}

const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  cpuinfo: () => readFileSync('/proc/cpuinfo', 'utf8'),
};

/**
 * Whether the processor multiplies bytes into 32-bit sums: VNNI (x86), dot product (ARMv8.2).
 * Without them INT8 gains little, and on AVX2 alone ONNX Runtime's sums of unsigned by signed
 * bytes saturate at 16 bits (onnxruntime.ai, "Quantize ONNX models"). False where it cannot
 * be found out, as on Windows.
 */
export function hasInt8DotProducts(machine: Machine = thisMachine): boolean {
  // All of Apple's own processors have them.
  if (machine.platform === 'darwin') return machine.arch === 'arm64';
  if (machine.platform !== 'linux') return false;
  try {
    return /^(flags|Features)\s*:.*\b(avx512_vnni|avx_vnni|asimddp)\b/m.test(machine.cpuinfo());
  } catch {
    return false;
  }
}
