import { ZipFile } from 'yazl';

/** A zip archive of files by path. */
export async function zipOf(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: { readonly compress?: boolean } = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content as Uint8Array), path, {
      compress: options.compress ?? false,
      mtime: new Date(0),
    });
  }
  zip.end();
  return gathered(zip.outputStream as unknown as AsyncIterable<Uint8Array>);
}

/** All bytes of a stream. */
export async function gathered(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The archive with every occurrence of some bytes replaced by as many others: as no honest program writes it. */
export function tampered(zip: Buffer, from: string | Buffer, to: string | Buffer): Buffer {
  const wanted = Buffer.from(from as Buffer);
  const put = Buffer.from(to as Buffer);
  if (wanted.length !== put.length) throw new RangeError('Cannot replace bytes by more or fewer');
  const copy = Buffer.from(zip);
  let at = copy.indexOf(wanted);
  if (at === -1) throw new RangeError('Cannot replace bytes that are not there');
  for (; at !== -1; at = copy.indexOf(wanted, at + put.length)) put.copy(copy, at);
  return copy;
}
