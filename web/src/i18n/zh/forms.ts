import type { forms as english } from '../en/forms.ts';
import type { Text } from '../en/text.ts';

export const forms: Record<keyof typeof english, Text> = {
  saving: '正在保存…',
  remove: '移除',
  loadMore: '加载更多',
  all: '全部',
  required: '请填写此项。',
  tooShort: '请至少输入 {count} 个字符。',
  invalidNumber: '请输入 {least} 到 {most} 之间的数字。',
  pastTime: '该时间已经过去。',
  notSent: '有 {count} 项需要修改。',
  typeToConfirm: '输入“{word}”以确认',
  retryAfter: '请在 {count} 秒后重试。',
  table: '表格：{label}',
  noPicture: '没有图片',
  pictureFailed: '图片无法加载',
  pickFace: '从警报中选取人脸',
  pickNone: '还没有警报。',
  pickFrame: '此轨迹所录的人脸；警报认为是 {name}。',
  pickShown: '警报所示',
  pickBest: '第 {count} 帧',
  pickOther: '其他警报',
  optional: '{label}（可不填）',
};
