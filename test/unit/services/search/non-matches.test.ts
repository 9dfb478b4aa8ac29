import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WatchlistGallery } from '../../../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const bytesOf = (vector: Float32Array) => Buffer.from(vector.buffer, 0, vector.byteLength);

describe('people who match nothing', () => {
  it('leave no trace on disk when they are searched for', (t) => {
    const { store, clock, dataDir } = openStore(t);
    const lists = new WatchlistStore({
      store,
      audit: new AuditLog({ store, now: clock.now }),
      now: clock.now,
    });
    const gallery = new WatchlistGallery({
      source: lists,
      now: clock.now,
      calibration: () => undefined,
    });
    const list = lists.create(listInput());
    const person = lists.addPerson(list.id, { name: 'Ada' });
    const enrolled = vectorAt(0);
    lists.addTemplate(templateFor(person.id, enrolled));
    const [fused, raw, enhanced] = [vectorAt(1.41), vectorAt(1.42), vectorAt(1.43)];
    const matches = gallery.search({ model: 'm1', fused, raw, enhanced }, 'gate');
    assert.deepEqual(
      matches.map(({ matched }) => matched),
      [false],
    );
    store.compact();
    const files = readdirSync(dataDir).map((file) => readFileSync(join(dataDir, file)));
    const onDisk = (vector: Float32Array) => files.some((file) => file.includes(bytesOf(vector)));
    assert.equal(onDisk(enrolled), true, 'the search of the files finds what is there');
    for (const vector of [fused, raw, enhanced]) assert.equal(onDisk(vector), false);
  });

  it('have no column in the schema that could hold them', (t) => {
    const { store } = openStore(t);
    const blobs = store
      .prepare(
        `SELECT tables.name || '.' || columns.name AS name
         FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND columns.type = 'BLOB' ORDER BY 1`,
      )
      .all()
      .map((row) => row['name']);
    // A new one has to be justified here: whose data is it, and when does it go?
    assert.deepEqual(blobs, [
      // Hashes of secrets, of no face.
      'account_browsers.hash',
      'account_factors.secret',
      'account_links.hash',
      'account_recovery_codes.hash',
      'alert_evidence.jpeg',
      // What a camera adds to each picture, of squares without structure alone; goes after 400 days.
      'camera_profiles.pattern',
      // Sealed, of a camera: no face.
      'cameras.login',
      // Of people of lists that were found in recordings; goes with the search's sightings and the person.
      'footage_pictures.jpeg',
      // Of a dismissed alert, where a reviewer asks for it; goes with the alert that shows the face.
      'look_alikes.face',
      // How devices of people are reached, and with which key: sealed.
      'push_devices.address',
      'push_keys.private_key',
      // Of alerts that sites told of; goes with the alert.
      'site_alert_pictures.jpeg',
      'templates.embedding',
      'templates.image',
      'templates.poor_view',
      // The embedding of the same row, encrypted.
      'templates.sealed',
      'tokens.hash',
    ]);
  });
});
