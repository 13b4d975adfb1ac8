/** The page's texts in Chinese and English, and the language that it speaks. */

import { ref, watchEffect } from "vue";

export type Language = "zh" | "en";

const STORED_AS = "env1357.language";

const TEXTS = {
  title: ["智慧环境1357 · 浔阳区", "Smart Environment 1357 · Xunyang"],
  otherTitle: ["Smart Environment 1357 · Xunyang", "智慧环境1357 · 浔阳区"],
  switchLanguage: ["切换到英文 / Switch to English", "Switch to Chinese / 切换到中文"],
  asOf: ["实测数据截至", "Measured data as of"],
  asOfSimulated: ["仅有模拟数据，截至", "Simulated data only, as of"],
  noHours: ["尚无小时数据", "no hourly data yet"],
  hour: ["时次（UTC+8）", "Hour (UTC+8)"],
  localTime: ["北京时间 UTC+8", "local time, UTC+8"],
  notRecent: ["早于当前时间 3 小时以上", "over 3 hours before now"],
  position: ["日志位置", "Log position"],
  live: ["实时连接", "Live"],
  connecting: ["正在重新连接…", "Reconnecting…"],
  liveHint: ["数据变动时页面自动更新", "The page updates itself when data change"],
  connectingHint: ["连接恢复前，页面不会自动更新", "The page does not update until the connection is back"],
  notFetched: ["没有取到", "Could not be fetched"],
  loading: ["正在读取…", "Loading…"],
  retry: ["重试", "Retry"],
  simulated: ["模拟", "Simulated"],
  simulatedBadge: ["模拟 / simulated", "模拟 / simulated"],
  simulatedHint: ["模拟器生成，不是实测", "Made by a simulator, not measured"],
  partSimulated: ["含模拟 {n}", "{n} simulated"],

  failedStations: ["没有取到各站空气质量。", "The stations' air quality could not be fetched. "],
  failedHours: ["没有取到该站近 48 小时数据。", "The station's last 48 hours could not be fetched. "],
  failedCounts: ["没有取到案件、事件、联单等数量。", "Counts of incidents, cases and manifests could not be fetched. "],
  failedIndex: ["没有取到地图目录。", "The list of maps could not be fetched. "],
  failedMap: ["没有取到地图“{name}”。", "The map “{name}” could not be fetched. "],
  failedLive: ["实时更新已停止。", "Live updates have stopped. "],
  failedLacking: ["没有取到数据表的状况。", "How the tables are could not be fetched. "],
  lacking: ["以下数据不是最新：有些行暂时无法计算，未计入。", "Not up to date: some rows can't be computed now, and are left out."],
  lackingTable: ["{table}：{rows} 行", "{table}: {rows} rows"],
  unreachable: ["连接不上服务器；请检查网络和服务是否运行，然后重试。", "The server can't be reached; check the network and that it runs, then retry."],
  status: ["服务器答复 {detail}；请稍后重试，若仍如此请告知管理员。", "The server answered {detail}; retry later, and tell the administrator if it persists."],
  refused: ["服务器拒绝了查询：{detail}；请刷新页面，若仍如此请告知管理员。", "The server refused the query: {detail}; reload the page, and tell the administrator if it persists."],
  keptOld: ["页面上若有数据，是上次取到的。", "What the page shows of it is from before."],

  map: ["空气质量与环境要素图", "Map of air quality and features"],
  layers: ["图层", "Layers"],
  toDistrict: ["浔阳区", "District"],
  toDistrictHint: ["缩放到浔阳区范围", "Zoom to the district"],
  toAll: ["全部站点", "All stations"],
  toAllHint: ["缩放到全部空气站", "Zoom to all air stations"],
  zoomIn: ["放大", "Zoom in"],
  zoomOut: ["缩小", "Zoom out"],
  extent: ["浔阳区范围（示意）", "Extent of Xunyang (schematic)"],
  baseNote: ["底图为示意：虚线框为规划所载的区范围，不含行政边界与水系轮廓", "Schematic base: the dashed frame is the district's extent as the plan gives it; boundaries and shorelines are not drawn"],
  noPosition: ["另有 {n} 处无位置", "{n} more without a position"],
  approximate: ["位置为近似", "Approximate position"],
  legend: ["AQI 级别", "AQI levels"],
  noAqi: ["无 AQI", "No AQI"],
  older: ["较早时次", "Older hour"],
  olderHint: ["比最新的实测小时早 1 小时以上", "More than an hour before the newest measured hour"],

  stations: ["空气站点排名", "Air stations, ranked"],
  stationsNote: ["按最近小时 AQI 由高到低；模拟、较早时次和无 AQI 的站点不排名", "By AQI of the latest hour, highest first; simulated stations, older hours and those without AQI are not ranked"],
  rank: ["名次", "Rank"],
  station: ["站点", "Station"],
  level: ["级别", "Level"],
  primary: ["首要污染物", "Primary pollutant"],
  basis: ["首要污染物 · 标准", "Primary · Standard"],
  primaryNone: ["无", "none"],
  itemsMissing: ["项目不全，无 AQI", "Incomplete, no AQI"],
  nothingYet: ["无小时数据", "No hourly data"],
  edition: ["标准", "Standard"],
  level1: ["优", "Excellent"],
  level2: ["良", "Good"],
  level3: ["轻度污染", "Lightly polluted"],
  level4: ["中度污染", "Moderately polluted"],
  level5: ["重度污染", "Heavily polluted"],
  level6: ["严重污染", "Severely polluted"],

  chart: ["近 48 小时", "Last 48 hours"],
  chartUntil: ["{from} 至 {until}（北京时间）", "{from} to {until} (local time, UTC+8)"],
  concentrations: ["浓度", "Concentrations"],
  watermark: ["模拟数据 Simulated data", "模拟数据 Simulated data"],
  noAqiInWindow: ["此时段没有 AQI：所报污染物不足以评价。", "No AQI in this period: too few pollutants were reported to judge."],
  showConcentrations: ["查看浓度", "Show concentrations"],
  noHoursOfStation: ["该站尚无小时数据。", "This station has no hourly data yet."],
  missing: ["缺测", "missing"],

  water: ["水环境", "Water"],
  waterNone: ["尚无水质评价", "no assessments yet"],
  classOf: ["{class}类", "Class {class}"],
  worseThanV: ["劣Ⅴ类", "Worse than Ⅴ"],
  hint: ["{label}：{value}", "{label}: {value}"],
  deciding: ["定类项目", "Deciding items"],
  target: ["目标", "Target"],
  meets: ["达标", "met"],
  fails: ["未达标", "not met"],
  sampledAt: ["采样", "Sampled"],
  under: ["在办事项", "Under way"],
  openIncidents: ["未结突发事件", "Open incidents"],
  openCases: ["在办执法案件", "Open cases"],
  movingManifests: ["在途转移联单", "Manifests moving"],
  quarantined: ["隔离待查", "Quarantined"],

  intake: ["数据接入", "Data intake"],
  upload: ["导入文件", "Import a file"],
  uploadNote: ["先试导入，看清结果，再正式导入；不能接受的行进入隔离区", "Try it first, look at what would become of it, then import; rows that can't be accepted go to quarantine"],
  fileKind: ["文件种类", "Kind of file"],
  file: ["文件", "File"],
  tryFirst: ["试导入", "Try"],
  importNow: ["正式导入", "Import"],
  wouldBe: ["试导入结果（未写入）", "What would become of it (nothing recorded)"],
  wasImported: ["导入结果", "What became of it"],
  rowsRead: ["行数", "Rows"],
  accepted: ["接受", "Accepted"],
  repeated: ["已存在", "There already"],
  refusedRows: ["拒收", "Refused"],
  quarantine: ["隔离区", "Quarantine"],
  quarantineNote: ["没有被接受的来件，原样保存；可更正、重发或附理由驳回，每一步都有记录", "What could not be accepted, as it came; correct it, send it again, or dismiss it with a reason: each step is on record"],
  quarantineEmpty: ["隔离区为空", "Nothing is in quarantine"],
  quarantine_OPEN: ["待处理", "Open"],
  quarantine_CORRECTED: ["已更正", "Corrected"],
  quarantine_RESENT: ["已重发", "Sent again"],
  quarantine_DISMISSED: ["已驳回", "Dismissed"],
  content: ["内容", "Content"],
  yourName: ["您的姓名", "Your name"],
  noteOrReason: ["更正说明或驳回理由", "What was corrected, or why it is dismissed"],
  resendKind: ["文件种类（JSON 留空）", "Kind of file (empty: JSON)"],
  correct: ["保存更正", "Save correction"],
  correctFirst: ["请先保存更正", "Save the correction first"],
  resend: ["重发", "Send again"],
  dismiss: ["驳回", "Dismiss"],
  stepDone: ["已完成并记录在案", "Done, and on record"],

  kind_station: ["空气站", "Air station"],
  kind_source_monitor: ["污染源监测仪", "Source monitor"],
  kind_dust_source: ["扬尘源", "Dust source"],
  kind_catering: ["餐饮单位", "Catering house"],
  kind_vehicle_device: ["机动车尾气监测点", "Vehicle exhaust device"],
  kind_lake: ["湖泊", "Lake"],
  kind_river: ["河流", "River"],
  kind_section: ["断面", "Section"],
  kind_outfall: ["入河排污口", "Outfall"],
  kind_parcel: ["地块", "Parcel"],
  kind_well: ["地下水监测井", "Groundwater well"],
  kind_enterprise: ["企业", "Enterprise"],
  kind_risk_source: ["风险源", "Risk source"],
  kind_receptor: ["环境敏感目标", "Sensitive receptor"],
  kind_incident: ["突发环境事件", "Incident"],
  kind_connection: ["水流去向", "Way of the water"],
  waterBody: ["受纳水体", "Receiving water"],
  issued: ["转出联单", "Manifests issued"],
  receiving: ["接收联单", "Manifests to receive"],
  simulatedIssued: ["转出联单（模拟）", "Manifests issued (simulated)"],
  simulatedReceiving: ["接收联单（模拟）", "Manifests to receive (simulated)"],
  exceedances: ["超标小时", "Hours exceeded"],
  lastExceeded: ["最近超标", "Last exceeded"],
  measuresMet: ["六个百分百落实", "Dust measures met"],
  ofSix: ["{n}/6", "{n} of 6"],
  lapses: ["净化器未开", "Fan without purifier"],
  ACTIVE: ["在管", "Active"],
  FINISHED: ["已结束", "Finished"],
  permit: ["排污许可证", "Discharge permit"],
  inspections: ["检查", "Inspections"],
  cases: ["案件（在办）", "Cases (open)"],
  incidentLevel: ["事件等级", "Incident level"],
  incident1: ["特别重大", "Particularly major"],
  incident2: ["重大", "Major"],
  incident3: ["较大", "Large"],
  incident4: ["一般", "General"],
  state: ["状态", "Status"],
  OPEN: ["处置中", "Open"],
  CLOSED: ["已终止", "Closed"],

  "item_NH3-N": ["氨氮", "ammonia nitrogen"],
  item_water_temp: ["水温", "water temperature"],
  item_pH: ["pH 值", "pH"],
  item_DO: ["溶解氧", "dissolved oxygen"],
  item_CODMn: ["高锰酸盐指数", "permanganate index"],
  item_COD: ["化学需氧量", "COD"],
  item_BOD5: ["五日生化需氧量", "BOD₅"],
  item_TP: ["总磷", "total phosphorus"],
  item_TN: ["总氮", "total nitrogen"],
  item_Cu: ["铜", "copper"],
  item_Zn: ["锌", "zinc"],
  item_F: ["氟化物", "fluoride"],
  item_Se: ["硒", "selenium"],
  item_As: ["砷", "arsenic"],
  item_Hg: ["汞", "mercury"],
  item_Cd: ["镉", "cadmium"],
  item_Cr6: ["六价铬", "hexavalent chromium"],
  item_Pb: ["铅", "lead"],
  item_CN: ["氰化物", "cyanide"],
  item_phenol: ["挥发酚", "volatile phenols"],
  item_oil: ["石油类", "petroleum hydrocarbons"],
  item_LAS: ["阴离子表面活性剂", "anionic surfactants"],
  item_sulfide: ["硫化物", "sulfide"],
  item_faecal_coliform: ["粪大肠菌群", "faecal coliforms"],
} as const satisfies Record<string, readonly [string, string]>;

export type Key = keyof typeof TEXTS;

export const language = ref<Language>(remembered());

watchEffect(() => {
  if (typeof document === "undefined") return;
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
  document.title = t("title");
});

export function switchLanguage(): void {
  language.value = language.value === "zh" ? "en" : "zh";
  try {
    localStorage.setItem(STORED_AS, language.value);
  } catch {
    // A browser that stores nothing asks again next time.
  }
}

/** The text of `key` in the page's language, with `{name}` replaced by values. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text: string = TEXTS[key][language.value === "zh" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text whose key is built of a code that comes from the data; the code itself where there is none. */
export function named(prefix: string, code: string | number): string {
  const key = `${prefix}${code}`;
  return key in TEXTS ? t(key as Key) : String(code);
}

/** One of two names that the data carry, by language; the other where one is empty. */
export function chosen(zh: string, en: string): string {
  return language.value === "zh" ? zh || en : en || zh;
}

/** Several texts as one. */
export function listed(texts: readonly string[]): string {
  return texts.join(language.value === "zh" ? "、" : ", ");
}

function remembered(): Language {
  try {
    return localStorage.getItem(STORED_AS) === "en" ? "en" : "zh";
  } catch {
    return "zh";
  }
}
