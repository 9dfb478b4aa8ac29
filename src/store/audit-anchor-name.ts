/** Name of the file in the data folder that holds the head of the audit log. */
export const auditAnchorName = 'audit-head.json';
