"""What a run over ROS leaves to look at: a film and a report."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from foresight.settings import SceneConfig
from foresight.viz.demo_budgets import LIMITS
from foresight.viz.demo_result import DemoAction, DemoResult, Frame, Picture
from foresight.viz.drawing import draw_on_camera, draw_on_rectified
from foresight.viz.report import Budget, Latency, Report, ReportAction, write_report
from foresight.viz.video import beside, write_video
from foresight.world_model.encoder import EncoderConfig

RATE = 10  # of the film; that of the camera [Hz]


def write_demo(
    result: DemoResult, folder: Path, budgets: tuple[Budget, ...], command: str,
    scene: SceneConfig | None = None, encoder: EncoderConfig | None = None,
) -> tuple[Path, Path]:
    """Write `demo.mp4` and `report.html`.

    Args:
        result: What happened.
        folder: Folder to write into.
        budgets: Budgets and what was measured.
        command: Command that makes the run again.
        scene: Table and rectified view.
        encoder: Size of the rectified view.

    Returns:
        Paths of the film and of the report.
    """
    scene, encoder = scene or SceneConfig(), encoder or EncoderConfig()
    video, report = folder / 'demo.mp4', folder / 'report.html'
    write_video(video, _film(result, scene, encoder), RATE)
    write_report(_report(result, video, budgets, command, scene, encoder), report)
    return video, report


def _film(result: DemoResult, scene: SceneConfig, encoder: EncoderConfig) -> Iterator[Picture]:
    """Draw the camera beside the table plane; an action is drawn while it is carried out."""
    starts = [action.stamp for action in result.actions]
    stamps = [frame.stamp for frame in result.rectified]
    for frame in result.frames:
        index = bisect_right(starts, frame.stamp) - 1
        action = result.actions[index] if index >= 0 else None
        outline = None if action is None else action.outline
        camera = frame.image
        if result.view is not None:
            camera = draw_on_camera(frame.image, outline, result.view)
        seen = result.rectified[max(bisect_right(stamps, frame.stamp) - 1, 0)].image
        overhead = draw_on_rectified(seen, outline, scene, encoder)
        yield beside(camera, overhead, _caption(frame, index, action))


def _caption(frame: Frame, index: int, action: DemoAction | None) -> str:
    """Say what the picture shows."""
    if action is None:
        return f'{frame.stamp:6.1f} s'
    return f'{frame.stamp:6.1f} s   action {index + 1}   planned in {action.plan_ms:.0f} ms'


def _report(
    result: DemoResult, video: Path, budgets: tuple[Budget, ...], command: str, scene: SceneConfig,
    encoder: EncoderConfig,
) -> Report:
    """Fill in the report."""
    facts = {
        'objects': f'{result.objects}', 'cleared': f'{result.cleared}',
        'dropped': f'{result.dropped}', 'actions': f'{result.tried}',
        'duration': f'{result.simulated:.0f} s',
        'real-time factor': f'{result.simulated / max(result.seconds, 1e-9):.2f}',
    }
    return Report(
        title=f'Clear table, seed {result.seed}', success=result.success,
        verdict=f'{result.cleared} of {result.objects} objects in the bin, {result.dropped} '
                f'dropped: {result.ending}',
        facts=facts, command=command, budgets=budgets, video=video,
        actions=tuple(_actions(result, scene, encoder)),
        latencies=tuple(
            Latency(name, values, LIMITS.get(name)) for name, values in result.latencies.items()
        ),
    )


def _actions(
    result: DemoResult, scene: SceneConfig, encoder: EncoderConfig,
) -> Iterator[ReportAction]:
    """Show each action with the picture it was planned from and the next one without the arm."""
    ends = [action.stamp for action in result.actions[1:]] + [float('inf')]
    for action, end in zip(result.actions, ends):
        before, after = _at(result.rectified, action.stamp), _at(result.rectified, end)
        yield ReportAction(
            before=draw_on_rectified(before, action.outline, scene, encoder),
            after=draw_on_rectified(after, None, scene, encoder),
            terms=action.terms, plan_ms=action.plan_ms, note=_note(action),
            surprise=action.surprise,
        )


def _note(action: DemoAction) -> str:
    """Describe an action in a line."""
    seen = '' if np.isnan(action.left) else f'; about {action.left:.1f} objects seen on the table'
    return f'{action.what}{seen}'


def _at(frames: Sequence[Frame], stamp: float) -> Picture:
    """Return the newest image that is not younger than a stamp."""
    index = bisect_right([frame.stamp for frame in frames], stamp + 1e-6) - 1
    return frames[max(index, 0)].image
