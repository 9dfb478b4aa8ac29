import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { folderArchive } from '../../../web/src/watchlists/import-job.ts';

/** Reads an archive with another program's code: names and contents. */
async function unpack(archive: Blob): Promise<Map<string, Buffer>> {
  const buffer = Buffer.from(await archive.arrayBuffer());
  const found = new Map<string, Buffer>();
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) =>
    yauzl.fromBuffer(buffer, { lazyEntries: true, strictFileNames: true }, (error, file) =>
      error === null ? resolve(file) : reject(error),
    ),
  );
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: yauzl.Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error !== null) return reject(error);
        const chunks: Buffer[] = [];
        stream.on('error', reject);
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const content = Buffer.concat(chunks);
          assert.equal(crc32(content), entry.crc32, 'the checksum is that of the content');
          found.set(entry.fileName, content);
          zip.readEntry();
        });
      });
    });
    zip.readEntry();
  });
  return found;
}

describe('folderArchive', () => {
  it('packs files that another reader unpacks, with names of any script', async () => {
    const big = new Uint8Array(70_000).map((_, i) => (i * 31) & 0xff);
    const archive = await folderArchive([
      { path: 'Anna/1.jpg', file: new Blob(['one']) },
      { path: '王小明/照片.png', file: new Blob([big]) },
      { path: 'عمر/٢.jpg', file: new Blob([]) },
    ]);
    const found = await unpack(archive);
    assert.deepEqual([...found.keys()], ['Anna/1.jpg', '王小明/照片.png', 'عمر/٢.jpg']);
    assert.equal(found.get('Anna/1.jpg')?.toString(), 'one');
    assert.deepEqual(new Uint8Array(found.get('王小明/照片.png') ?? []), big);
    assert.equal(found.get('عمر/٢.jpg')?.byteLength, 0);
  });

  it('makes an empty archive of nothing', async () => {
    assert.equal((await unpack(await folderArchive([]))).size, 0);
  });
});
