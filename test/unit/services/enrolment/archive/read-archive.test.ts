import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  archiveLimits,
  openArchive,
} from '../../../../../src/services/enrolment/archive/read-archive.ts';
import { tampered, zipOf } from '../../../../support/services/zip-of.ts';

const jpeg = (fill: number, length = 32) => new Uint8Array(length).fill(fill);
const refused = { code: 'ARCHIVE_INVALID' } as const;

async function contents(zip: Buffer, limits = {}) {
  const { images, skipped } = await openArchive(zip, { ...archiveLimits, ...limits });
  return {
    images: images.map(({ person, file }) => `${person}/${file}`),
    skipped: skipped.map(({ file, code }) => `${file} ${code}`),
  };
}

describe('an archive of pictures', () => {
  it('names people by the folder that a picture lies in', async () => {
    const zip = await zipOf({
      'people/Ada/2.JPG': jpeg(2),
      'people/Ada/1.jpg': jpeg(1),
      'Bob/b.png': jpeg(3),
      '王小明/一.webp': jpeg(4),
      'أحمد بن علي/١.bmp': jpeg(5),
    });
    assert.deepEqual(await contents(zip), {
      images: ['Ada/1.jpg', 'Ada/2.JPG', 'Bob/b.png', 'أحمد بن علي/١.bmp', '王小明/一.webp'],
      skipped: [],
    });
    const { images } = await openArchive(zip);
    assert.deepEqual(new Uint8Array((await images[0]?.read()) ?? []), jpeg(1));
  });

  it('takes UTF-8 names that are not marked as such', async () => {
    const zip = await zipOf({ 'Zoë/1.jpg': jpeg(1) });
    // The flag that says UTF-8, in local and central header.
    const bare = tampered(
      tampered(
        zip,
        Buffer.from('504b03041400000800', 'hex'),
        Buffer.from('504b03041400000000', 'hex'),
      ),
      Buffer.from('0800000000', 'hex'),
      Buffer.from('0000000000', 'hex'),
    );
    assert.deepEqual((await contents(bare)).images, ['Zoë/1.jpg']);
  });

  it('passes over what is no picture or no person, and says so', async () => {
    const zip = await zipOf({
      'top.jpg': jpeg(1),
      'Ada/notes.txt': 'x',
      'Ada/1.jpg': jpeg(1),
      'Ada/huge.jpg': jpeg(1, 200),
      '__MACOSX/Ada/._1.jpg': 'x',
      'Ada/.DS_Store': 'x',
      'Ada/Thumbs.db': 'x',
    });
    assert.deepEqual(await contents(zip, { maxImageBytes: 100 }), {
      images: ['Ada/1.jpg'],
      skipped: ['top.jpg BAD_REQUEST', 'notes.txt BAD_REQUEST', 'huge.jpg IMAGE_TOO_LARGE'],
    });
  });

  it('is refused whole where a path climbs out', async () => {
    const zip = await zipOf({ 'aa/bb.jpg': jpeg(1), 'Ada/1.jpg': jpeg(1) });
    for (const evil of ['../bb.jpg', '/a/bb.jpg', 'C:/bb.jpg', '..\\bb.jpg']) {
      await assert.rejects(openArchive(tampered(zip, 'aa/bb.jpg', evil)), refused, evil);
    }
  });

  it('is refused where it would unpack to more than allowed, whatever its own size', async () => {
    const zeros = await zipOf(
      Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`A/${n}.jpg`, jpeg(0, 100_000)])),
      { compress: true },
    );
    assert.ok(zeros.length < 2_000);
    await assert.rejects(contents(zeros, { maxUnpackedBytes: 399_999 }), refused);
    assert.equal((await contents(zeros, { maxUnpackedBytes: 400_000 })).images.length, 4);
    await assert.rejects(contents(zeros, { maxEntries: 3 }), refused);
  });

  it('unpacks no more than a picture was said to have', async () => {
    const zip = await zipOf({ 'A/bomb.jpg': jpeg(0, 100_000) }, { compress: true });
    const size = Buffer.alloc(4);
    size.writeUInt32LE(100_000);
    const lying = tampered(zip, size, Buffer.from([10, 0, 0, 0]));
    const { images } = await openArchive(lying);
    await assert.rejects(images[0]?.read() ?? Promise.resolve(), refused);
  });

  it('says which picture is damaged', async () => {
    const zip = await zipOf({ 'A/1.jpg': jpeg(7) });
    const { images } = await openArchive(tampered(zip, jpeg(7) as Buffer, jpeg(8) as Buffer));
    await assert.rejects(images[0]?.read() ?? Promise.resolve(), {
      ...refused,
      message: /1\.jpg.*check sum/,
    });
  });

  it('is refused where it is none', async () => {
    const zip = await zipOf({ 'A/1.jpg': jpeg(1) });
    const broken = [
      new Uint8Array(),
      new Uint8Array(1000),
      Buffer.from('PK\u0003\u0004 but no more'),
      zip.subarray(0, zip.length - 30),
      tampered(zip, Buffer.from('504b0102', 'hex'), Buffer.from('504b0103', 'hex')),
    ];
    for (const bytes of broken) await assert.rejects(openArchive(bytes), refused);
  });
});
