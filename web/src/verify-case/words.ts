import type { BrokenWhy } from './broken.ts';

type Word =
  | `why_${BrokenWhy}`
  | 'title'
  | 'about'
  | 'other'
  | 'file'
  | 'key'
  | 'keyHint'
  | 'keyBad'
  | 'reading'
  | 'sound'
  | 'soundHint'
  | 'broken'
  | 'archive'
  | 'failed'
  | 'caseId'
  | 'exported'
  | 'by'
  | 'reason'
  | 'alerts'
  | 'sightings'
  | 'files'
  | 'records'
  | 'record'
  | 'recordHint'
  | 'signer'
  | 'keyKnown'
  | 'keyOwn'
  | 'stamp'
  | 'stampYes'
  | 'stampNo';

export type Language = 'en' | 'zh';

/** All that the page says. */
export const words: Readonly<Record<Language, Readonly<Record<Word, string>>>> = {
  en: {
    title: 'Verify a case',
    about:
      'Finds any changed, missing or added byte of a case that Nightglass exported. The page works without a network, from a file, too: what you choose does not leave this browser.',
    other: '中文',
    file: 'Case (zip archive)',
    key: 'Public key that it must be signed with (optional)',
    keyHint:
      'PEM, as /.well-known/nightglass-evidence-key of the Nightglass that made the case answers. Without it, compare the fingerprint below with one that you got another way: whoever forges a case brings a key of their own.',
    keyBad: 'This is no public key (PEM, Ed25519).',
    reading: 'Reading…',
    sound: 'Sound',
    soundHint: 'Every file is as it was signed.',
    broken: 'Broken',
    archive: 'the archive',
    failed: 'The file cannot be read.',
    caseId: 'Case',
    exported: 'Exported',
    by: 'By',
    reason: 'Reason',
    alerts: 'Alerts',
    sightings: 'Sightings in footage',
    files: 'Files',
    records: 'Audit records',
    record: 'Record of the export',
    recordHint:
      '"nightglass audit verify --head HASH" says where the log is whether it is part of it.',
    signer: 'Signed with key (SHA-256)',
    keyKnown: 'the one that you gave',
    keyOwn: 'its own: compare it with the one that was published',
    stamp: 'Time stamp',
    stampYes: 'there is one, unchanged; "nightglass evidence verify --timestamp-ca FILE" reads it',
    stampNo: 'none',
    why_noZip: 'it is no whole zip archive',
    why_damaged: 'it cannot be unpacked as it was packed',
    why_tooMany: 'it holds too many files',
    why_twice: 'it is there twice',
    why_tooLarge: 'it is too large',
    why_missing: 'it is missing',
    why_changed: 'it was changed',
    why_notListed: 'it is not in the manifest',
    why_noKey: 'it is no Ed25519 key',
    why_otherKey: 'it is another key than the one that must have signed',
    why_signature: 'its signature does not hold',
    why_noManifest: 'it is no manifest of a case',
    why_records: 'a record is not what its hash says, or not in its place',
    why_ownRecord: 'its last record is not that of this export',
  },
  zh: {
    title: '校验案件',
    about:
      '检查 Nightglass 导出的案件中是否有任何字节被改动、缺失或添加。本页面无需网络，也可直接从文件打开：您选择的内容不会离开此浏览器。',
    other: 'English',
    file: '案件（zip 档案）',
    key: '必须使用的签名公钥（可选）',
    keyHint:
      'PEM 格式，即生成该案件的 Nightglass 在 /.well-known/nightglass-evidence-key 公布的公钥。不填时，请将下方指纹与通过其他途径得到的指纹比对：伪造案件的人会附上自己的密钥。',
    keyBad: '这不是公钥（PEM，Ed25519）。',
    reading: '正在读取…',
    sound: '完好',
    soundHint: '每个文件都与签名时一致。',
    broken: '已损坏',
    archive: '档案',
    failed: '无法读取该文件。',
    caseId: '案件',
    exported: '导出时间',
    by: '导出人',
    reason: '原因',
    alerts: '警报',
    sightings: '录像中的出现',
    files: '文件',
    records: '审计记录',
    record: '本次导出的记录',
    recordHint: '在日志所在处运行 nightglass audit verify --head HASH 可确认它属于该日志。',
    signer: '签名密钥（SHA-256）',
    keyKnown: '与您给出的一致',
    keyOwn: '案件自带：请与公布的密钥比对',
    stamp: '时间戳',
    stampYes: '有，未被改动；其内容可用 nightglass evidence verify --timestamp-ca FILE 查看',
    stampNo: '无',
    why_noZip: '不是完整的 zip 档案',
    why_damaged: '无法按原样解包',
    why_tooMany: '包含的文件过多',
    why_twice: '出现了两次',
    why_tooLarge: '过大',
    why_missing: '缺失',
    why_changed: '已被改动',
    why_notListed: '不在清单中',
    why_noKey: '不是 Ed25519 密钥',
    why_otherKey: '不是应当签名的那个密钥',
    why_signature: '签名无效',
    why_noManifest: '不是案件的清单',
    why_records: '有记录与其哈希值不符，或不在应有的位置',
    why_ownRecord: '最后一条记录不是本次导出的记录',
  },
};
