package org.reclaim.api;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says of a resource type that it can't do here all that it is for, such as that the kernel lacks a call. Optional, on
 * the same object as {@link ResourceCleanup}. What is limited is shown by the console and by
 * {@link ResourceTypeInfo#limitation()}, and throws when it is used; the type works otherwise.
 */
@ConsumerType
public interface LimitedResourceType {

    /**
     * What does not work, and why. Asked once, when the cleanup is bound.
     *
     * @return one line for people, at most 500 characters of it are shown; empty if everything works
     */
    Optional<String> limitation();
}
