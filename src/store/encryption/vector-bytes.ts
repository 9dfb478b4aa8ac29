/** An embedding as it is stored: float32, in the order of this machine's bytes. */
export function vectorBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The embedding of stored bytes. Copies: a blob need not start at a multiple of four. */
export function vectorOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
