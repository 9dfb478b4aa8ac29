import type { Store } from './store.ts';

/**
 * Takes somebody who is no longer enrolled out of the alerts on them: the enrolled portrait goes,
 * and of a whole person the name too (it becomes empty) in the alerts and in what was told of them.
 * What the cameras saw stays until the alert's own end. Within {@link Store.write}.
 */
export function eraseTraces(
  store: Store,
  of: { readonly personId: string } | { readonly templateId: string },
): void {
  if ('templateId' in of) {
    store
      .prepare(
        `DELETE FROM alert_evidence WHERE kind = 'enrolled' AND alert_id IN
           (SELECT id FROM alerts WHERE body ->> 'templateId' = ?)`,
      )
      .run(of.templateId);
    return;
  }
  const { personId } = of;
  const ids = store
    .prepare('SELECT id FROM alerts WHERE person_id = ?')
    .all(personId)
    .map(({ id }) => String(id));
  for (const id of ids) {
    store.prepare("DELETE FROM alert_evidence WHERE alert_id = ? AND kind = 'enrolled'").run(id);
    for (const [table, key] of [
      ['alerts', 'id'],
      ['alert_events', 'alert_id'],
    ]) {
      store
        .prepare(`UPDATE ${table} SET body = json_set(body, '$.personName', '') WHERE ${key} = ?`)
        .run(id);
    }
  }
}
