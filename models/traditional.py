"""Traditional characters of headings and of names of coordinate systems as simplified ones, for comparison only.

Not a conversion of texts: names and remarks stay as they were written. Only characters that surveyors' tables use.
"""

from __future__ import annotations

_PAIRS = """
點点 號号 編编 碼码 縱纵 橫横 經经 緯纬 東东 標标 稱称 圖图 礦矿 區区 塊块 廢废 棄弃 採采 測测 繪绘 觀观 現现 況况 類类
種种 組组 備备 註注 數数 據据 資资 來来 長长 寬宽 邊边 圍围 環环 線线 層层 級级 狀状 態态 調调 間间 時时 國国 際际 獨独
設设 縣县 鎮镇 鄉乡 鐵铁 責责 體体 單单 戶户 開开 關关 權权 屬属 隊队 業业 與与 選选 擇择 審审 實实 頂顶 圓圆 應应 樁桩
確确 帶带 當当 變变 換换 參参 場场 積积 準准 橢椭 總总 頁页 復复 週周 陽阳 陰阴 達达 聯联 爾尔 內内 發发 產产 農农 護护
"""
_TABLE = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


def simplified(text: str) -> str:
    """The text with traditional characters replaced; 座標 is 坐标, as mainland tables write it."""
    return text if text.isascii() else text.translate(_TABLE).replace("座标", "坐标")
