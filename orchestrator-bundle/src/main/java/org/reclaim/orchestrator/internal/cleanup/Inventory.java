package org.reclaim.orchestrator.internal.cleanup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.reclaim.api.CleanupStats;
import org.reclaim.api.Coverage;
import org.reclaim.api.LimitInfo;
import org.reclaim.api.ResourceInfo;
import org.reclaim.api.ResourceInventory;
import org.reclaim.api.ResourceTypeInfo;
import org.reclaim.api.UnsettledResources;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Away;
import org.reclaim.orchestrator.internal.cleanup.Bindings.Step;
import org.reclaim.orchestrator.internal.table.LimitRows;
import org.reclaim.orchestrator.internal.table.Owner;

/** Reads what the orchestrator and the tables know. */
public final class Inventory implements ResourceInventory {

    private final Orchestrator orchestrator;

    /**
     * A view.
     *
     * @param orchestrator what it shows
     */
    public Inventory(Orchestrator orchestrator) {
        this.orchestrator = orchestrator;
    }

    @Override
    public List<ResourceTypeInfo> types() {
        var snapshot = orchestrator.bindings().snapshot();
        var away = Stream.of(snapshot.away())
                .map(Away::step)
                .map(this::info)
                .filter(info -> info.live() > 0 || info.stuckCalls() > 0);
        return Stream.concat(Stream.of(snapshot.bound()).map(this::info), away).toList();
    }

    private ResourceTypeInfo info(Step step) {
        var bound = step.bound();
        var table = step.table();
        return new ResourceTypeInfo(
                step.resourceType(),
                bound != null,
                step.ranking(),
                bound == null ? "" : bound.bundle(),
                table == null ? 0 : table.count(),
                table == null ? 0 : table.bytes(),
                orchestrator.bindings().stuck(step),
                bound == null ? "" : bound.limitation(),
                table == null ? 0 : table.refused());
    }

    @Override
    public List<ResourceInfo> resources(long pid) {
        var found = new ArrayList<ResourceInfo>();
        var snapshot = orchestrator.bindings().snapshot();
        orchestrator.owner(pid).ifPresent(owner -> Stream.concat(
                        Stream.of(snapshot.bound()), Stream.of(snapshot.away()).map(Away::step))
                .filter(step -> step.table() != null)
                .map(step -> step.table().holding(owner))
                .filter(holding -> holding != null)
                .forEach(holding -> found.addAll(holding.resources())));
        return found;
    }

    @Override
    public List<LimitInfo> limits(long pid) {
        return orchestrator.owner(pid).map(this::limits).orElse(List.of());
    }

    private List<LimitInfo> limits(Owner owner) {
        var places = orchestrator.owners().places();
        var settings = orchestrator.settings();
        var found = new ArrayList<>(LimitRows.of(orchestrator.tables(), owner));
        found.add(places.perProcess(owner.pid(), settings.childrenPerProcess(), owner.childCount()));
        found.add(places.inTotal(settings.processesInTotal()));
        found.removeIf(row -> row.limit() == Long.MAX_VALUE);
        return List.copyOf(found);
    }

    @Override
    public List<UnsettledResources> unsettled() {
        return orchestrator.unsettled().list(this::waiting);
    }

    private Unsettled.Waiting waiting(Optional<Owner> owner, String resourceType) {
        var holding = owner.flatMap(known -> orchestrator
                .tables()
                .find(resourceType)
                .map(table -> table.holding(known)));
        return holding.map(held -> new Unsettled.Waiting(held.count(), held.bytes()))
                .orElse(new Unsettled.Waiting(0, 0));
    }

    @Override
    public CleanupStats totals() {
        return orchestrator.totals();
    }

    @Override
    public Coverage coverage() {
        return orchestrator.coverage();
    }
}
