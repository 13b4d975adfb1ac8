/** What the chart of a station's last 48 hours shows, as ECharts options. */

import type { LineSeriesOption } from "echarts/charts";
import type {
  GraphicComponentOption,
  GridComponentOption,
  LegendComponentOption,
  MarkAreaComponentOption,
  TooltipComponentOption,
} from "echarts/components";
import type { ComposeOption } from "echarts/core";

import { LEVELS, POLLUTANTS, type Pollutant, coloursOf, levelOf, printed, unitOf } from "./air";
import type { Slot } from "./hours";
import { named, t } from "./i18n";
import { hourLabel, localDay, localMinute } from "./time";

export type ChartOption = ComposeOption<
  | GraphicComponentOption
  | GridComponentOption
  | LegendComponentOption
  | LineSeriesOption
  | MarkAreaComponentOption
  | TooltipComponentOption
>;

const FONTS = '"Noto Sans SC","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
const INK = "#33475B";
const GRID: GridComponentOption = {
  left: 8,
  right: 8,
  top: 34,
  bottom: 4,
  outerBoundsMode: "same",
  outerBoundsContain: "axisLabel",
};
const LABEL_EVERY_H = 6;
const LOWEST_TOP = 100;

const LINES: Record<Pollutant, string> = {
  "PM2.5": "#B3245A",
  PM10: "#B8860B",
  O3: "#1F77B4",
  NO2: "#D9480F",
  SO2: "#6741D9",
  CO: "#2B8A3E",
};

/** AQI on the bands of its levels, each hour's point in the colour of its level. */
export function aqiOption(slots: readonly Slot[], simulated: boolean): ChartOption {
  const values = slots.flatMap((slot) => slot.aqi ?? []);
  const top = values.length ? levelOf(Math.max(LOWEST_TOP, ...values))!.to : 0;
  const shown = LEVELS.filter((level) => level.to <= top);
  const ticks = [0, ...shown.map((level) => level.to)];
  return {
    ...common(slots, simulated),
    yAxis: {
      type: "value",
      name: "AQI",
      show: values.length > 0,
      max: top || "dataMax",
      splitLine: { show: false },
      axisTick: { customValues: ticks },
      axisLabel: { customValues: ticks, color: INK },
      nameTextStyle: { color: INK },
    },
    series: [{ ...line(simulated), name: "AQI", color: INK, data: slots.map(aqiPoint), markArea: bands(shown) }],
  };
}

/** The six pollutants, carbon monoxide on an axis of its own. */
export function concentrationOption(slots: readonly Slot[], simulated: boolean): ChartOption {
  return {
    ...common(slots, simulated),
    legend: { top: 0, itemWidth: 16, itemGap: 10, textStyle: { color: INK }, data: POLLUTANTS.map(printed) },
    grid: { ...GRID, top: 52 },
    yAxis: [
      { type: "value", name: "µg/m³", axisLabel: { color: INK }, nameTextStyle: { color: INK, align: "left" } },
      {
        type: "value",
        name: "CO mg/m³",
        splitLine: { show: false },
        axisLabel: { color: LINES.CO },
        nameTextStyle: { color: LINES.CO, align: "right" },
      },
    ],
    series: POLLUTANTS.map((pollutant) => ({
      ...line(simulated),
      name: printed(pollutant),
      color: LINES[pollutant],
      yAxisIndex: pollutant === "CO" ? 1 : 0,
      data: slots.map((slot) => slot.concentrations[pollutant]),
    })),
  };
}

/** What the tooltip says of an hour, as markup of our own texts and numbers only. */
export function hourTip(slot: Slot, of: "aqi" | "concentrations"): string {
  const lines = of === "aqi" ? [aqiLine(slot)] : POLLUTANTS.map((each) => concentrationLine(slot, each));
  const head = `<b>${hourLabel(slot.start)}</b> UTC+8`;
  const badge = slot.simulated ? ` <span class="badge-simulated">${t("simulatedBadge")}</span>` : "";
  return [head + badge, ...lines].join("<br>");
}

function aqiLine({ aqi, level }: Slot): string {
  return aqi === null ? `AQI ${t("missing")}` : `AQI <b>${aqi}</b>${level === null ? "" : ` · ${named("level", level)}`}`;
}

function concentrationLine({ concentrations }: Slot, pollutant: Pollutant): string {
  const value = concentrations[pollutant];
  return `${printed(pollutant)} ${value === null ? t("missing") : `<b>${value}</b> ${unitOf(pollutant)}`}`;
}

function common(slots: readonly Slot[], simulated: boolean): ChartOption {
  return {
    animation: false,
    textStyle: { fontFamily: FONTS },
    grid: GRID,
    xAxis: {
      type: "category",
      data: slots.map((slot) => String(slot.start)),
      axisTick: { alignWithLabel: true, interval: everySix },
      axisLabel: { interval: everySix, formatter: axisLabel, color: INK, hideOverlap: true },
    },
    tooltip: { trigger: "axis", confine: true },
    graphic: simulated ? [watermark()] : [],
  };
}

function line(simulated: boolean): LineSeriesOption {
  return {
    type: "line",
    connectNulls: false,
    showAllSymbol: true,
    symbol: simulated ? "emptyCircle" : "circle",
    symbolSize: 6,
    lineStyle: { width: 1.6, type: simulated ? "dashed" : "solid" },
  };
}

function aqiPoint(slot: Slot): NonNullable<LineSeriesOption["data"]>[number] {
  if (slot.aqi === null) return null;
  const { colour } = coloursOf(slot.level);
  if (slot.simulated) return { value: slot.aqi, itemStyle: { color: INK, borderType: "dashed" } };
  return { value: slot.aqi, itemStyle: { color: colour, borderColor: INK, borderWidth: 1 } };
}

function bands(shown: typeof LEVELS): LineSeriesOption["markArea"] {
  return {
    silent: true,
    label: { position: "insideRight", color: "#5B6770", fontSize: 10 },
    data: shown.map(({ level, colour, to }, index) => [
      { name: named("level", level), yAxis: shown[index - 1]?.to ?? 0, itemStyle: { color: colour, opacity: 0.14 } },
      { yAxis: to },
    ]),
  };
}

function watermark(): GraphicComponentOption {
  return {
    type: "text",
    left: "center",
    top: "middle",
    rotation: 0.2,
    silent: true,
    z: 100,
    style: { text: t("watermark"), font: `bold 26px ${FONTS}`, fill: "rgba(70, 84, 98, 0.30)" },
  };
}

function everySix(_index: number, start: string): boolean {
  return hourOf(start) % LABEL_EVERY_H === 0;
}

function axisLabel(start: string): string {
  return hourOf(start) === 0 ? localDay(Number(start)).slice(5) : localMinute(Number(start)).slice(11);
}

function hourOf(start: string): number {
  return Number(localMinute(Number(start)).slice(11, 13));
}
